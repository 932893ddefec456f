import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { skipped, type SkippedPhoto } from '../../photo-source.js';
import { readPhotoRecord, type PhotoRecord } from './photo-record.js';

const MANIFEST = 'manifest.jsonl';
const FOLDER_LICENSE = 'license.json';

/** What a folder says about its photos. */
export interface FolderRecords {
  /** By the photo's path within the folder. */
  records: Map<string, PhotoRecord>;
  skipped: SkippedPhoto[];
}

/**
 * Gathers what a folder's own files say about its photos. For each photo the first of these counts:
 *
 * 1. a line of a `manifest.jsonl` in its folder or one above, whose `file` is a path from there;
 * 2. a sidecar beside it, `photo.jpg.json` or `photo.json`;
 *
 * and where that is missing or names no license, license and author come from
 *
 * 3. the nearest `license.json` in its folder or one above: `{"license": "CC BY 4.0", "author": "Me"}`.
 *
 * Lines and files that can't be understood are skipped and counted, by file and line.
 */
export async function readFolderRecords(
  files: ReadonlyMap<string, string>,
  photos: readonly string[],
): Promise<FolderRecords> {
  const left: SkippedPhoto[] = [];
  const records = new Map<string, PhotoRecord>();
  for (const [name, path] of files) {
    if (posix.basename(name) === MANIFEST) {
      left.push(...readManifest(name, await readFile(path, 'utf8'), files, records));
    }
  }
  const licenses = await readEach(named(files, FOLDER_LICENSE), files, left, 'LICENSE_FILE_INVALID');
  const sidecarOf = (photo: string): string | undefined =>
    [`${photo}.json`, `${photo.slice(0, -posix.extname(photo).length)}.json`].find(
      (name) => files.has(name) && posix.basename(name) !== FOLDER_LICENSE,
    );
  const alone = photos.filter((photo) => !records.has(photo) && sidecarOf(photo));
  const sidecars = await readEach(
    alone.map((photo) => sidecarOf(photo)!),
    files,
    left,
    'SIDECAR_INVALID',
  );
  for (const photo of photos) {
    const sidecar = sidecarOf(photo);
    const own = records.get(photo) ?? sidecars.get(sidecar ?? '');
    if (!own && sidecar !== undefined) {
      // It may have named another license than the folder's.
      continue;
    }
    const record = withFolderLicense(own, nearest(posix.dirname(photo), licenses));
    if (record) {
      records.set(photo, record);
    }
  }
  return { records, skipped: left };
}

/** Adds the records of a manifest; the first line about a photo counts. */
function readManifest(
  manifest: string,
  text: string,
  files: ReadonlyMap<string, string>,
  records: Map<string, PhotoRecord>,
): SkippedPhoto[] {
  const left: SkippedPhoto[] = [];
  text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .forEach((line, index) => {
      if (line.trim() === '') {
        return;
      }
      const place = `${manifest}:${index + 1}`;
      const value = parseJson(line);
      const record = readPhotoRecord(value);
      const file = record && (value as { file?: unknown }).file;
      if (!record || typeof file !== 'string' || file.trim() === '') {
        left.push(skipped('MANIFEST_LINE_INVALID', place, 'expected a JSON object with a "file"'));
        return;
      }
      const photo = posix.join(posix.dirname(manifest), file.normalize('NFC'));
      if (posix.isAbsolute(file) || file.includes('\\') || file.split('/').includes('..')) {
        left.push(skipped('PATH_OUTSIDE_FOLDER', place, `"${file}" is not a path within the folder`));
      } else if (!files.has(photo)) {
        left.push(skipped('FILE_MISSING', place, `"${file}" is not there`));
      } else if (records.has(photo)) {
        left.push(skipped('MANIFEST_LINE_INVALID', place, `"${file}" was described before`));
      } else {
        records.set(photo, record);
      }
    });
  return left;
}

async function readEach(
  names: readonly string[],
  files: ReadonlyMap<string, string>,
  left: SkippedPhoto[],
  reason: string,
): Promise<Map<string, PhotoRecord>> {
  const records = new Map<string, PhotoRecord>();
  for (const name of names) {
    const record = readPhotoRecord(parseJson(await readFile(files.get(name)!, 'utf8')));
    if (record) {
      records.set(name, record);
    } else {
      left.push(skipped(reason, name, 'expected a JSON object'));
    }
  }
  return records;
}

function withFolderLicense(
  own: PhotoRecord | undefined,
  folder: PhotoRecord | undefined,
): PhotoRecord | undefined {
  if (!own || !folder || own.license !== '' || own.licenseUrl !== '') {
    return own ?? (folder && { ...folder, title: '', description: '', sha256: '' });
  }
  const { license, licenseUrl } = folder;
  return { ...own, license, licenseUrl, author: own.author || folder.author };
}

function nearest(folder: string, licenses: ReadonlyMap<string, PhotoRecord>): PhotoRecord | undefined {
  const license = licenses.get(posix.join(folder, FOLDER_LICENSE));
  return license ?? (folder === '.' ? undefined : nearest(posix.dirname(folder), licenses));
}

function named(files: ReadonlyMap<string, string>, name: string): string[] {
  return [...files.keys()].filter((file) => posix.basename(file) === name);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
