import { readFile, stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { skipped, type SkippedPhoto } from '../../photo-source.js';
import { readXmpRecord } from './embedded-record.js';
import { namesLicense, readPhotoRecord, type PhotoRecord } from './photo-record.js';
import { MAX_XMP_BYTES, XmpUnreadableError } from './xmp-fields.js';

const MANIFEST = 'manifest.jsonl';
const FOLDER_LICENSE = 'license.json';

/** What a folder says about one of its photos. */
export interface FolderRecord {
  /** About this photo: a manifest or a sidecar, and a `.xmp` file where they say nothing; most trusted first. */
  own: PhotoRecord[];
  /** License and author of all photos of its folder. */
  folder?: PhotoRecord;
}

/** What a folder says about its photos. */
export interface FolderRecords {
  /**
   * By the photo's path within the folder; every photo has one, save those with a sidecar that can't be read, which
   * may have named another license than the folder's.
   */
  records: Map<string, FolderRecord>;
  skipped: SkippedPhoto[];
}

/**
 * Gathers what a folder's own files say about its photos. For each photo the first of these counts:
 *
 * 1. a line of a `manifest.jsonl` in its folder or one above, whose `file` is a path from there;
 * 2. a sidecar beside it, `photo.jpg.json` or `photo.json`;
 *
 * then, for what is still missing,
 *
 * 3. an XMP sidecar as photo programs write it, `photo.jpg.xmp` or `photo.xmp`;
 *
 * and, after what the photo says itself (see `embedded-record.ts`), license and author come from
 *
 * 4. the nearest `license.json` in its folder or one above: `{"license": "CC BY 4.0", "author": "Me"}`; or from
 *    `given`, which stands in the place of the uppermost one.
 *
 * Lines and files that can't be understood are skipped and counted, by file and line.
 */
export async function readFolderRecords(
  files: ReadonlyMap<string, string>,
  photos: readonly string[],
  given?: PhotoRecord,
): Promise<FolderRecords> {
  const left: SkippedPhoto[] = [];
  const manifests = new Map<string, PhotoRecord>();
  for (const [name, path] of files) {
    if (posix.basename(name) === MANIFEST) {
      left.push(...readManifest(name, await readFile(path, 'utf8'), files, manifests));
    }
  }
  const licenses = await readEach(
    named(files, FOLDER_LICENSE),
    files,
    left,
    'LICENSE_FILE_INVALID',
    readJson,
  );
  if (given) {
    licenses.set(FOLDER_LICENSE, given);
  }
  const sidecarOf = (photo: string, extension: string): string | undefined =>
    [`${photo}.${extension}`, `${photo.slice(0, -posix.extname(photo).length)}.${extension}`].find(
      (name) => files.has(name) && posix.basename(name) !== FOLDER_LICENSE,
    );
  const sidecarsOf = (named: readonly string[], extension: string): string[] => [
    ...new Set(named.flatMap((photo) => sidecarOf(photo, extension) ?? [])),
  ];
  const undescribed = photos.filter((photo) => !manifests.has(photo));
  const sidecars = await readEach(sidecarsOf(undescribed, 'json'), files, left, 'SIDECAR_INVALID', readJson);
  const packets = await readEach(sidecarsOf(photos, 'xmp'), files, left, 'SIDECAR_INVALID', readXmp);

  const records = new Map<string, FolderRecord>();
  for (const photo of photos) {
    const [json, xmp] = [sidecarOf(photo, 'json'), sidecarOf(photo, 'xmp')];
    const own = manifests.get(photo) ?? (json === undefined ? undefined : sidecars.get(json));
    const packet = xmp === undefined ? undefined : packets.get(xmp);
    const unread = (json !== undefined && !own) || (xmp !== undefined && !packet);
    if (unread && !(own && namesLicense(own))) {
      continue;
    }
    records.set(photo, {
      own: [own, packet].filter((record) => record !== undefined),
      folder: nearest(posix.dirname(photo), licenses),
    });
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

async function readJson(path: string): Promise<PhotoRecord> {
  const record = readPhotoRecord(parseJson(await readFile(path, 'utf8')));
  if (!record) {
    throw new Error('expected a JSON object');
  }
  return record;
}

async function readXmp(path: string): Promise<PhotoRecord> {
  const { size } = await stat(path);
  if (size > MAX_XMP_BYTES) {
    throw new XmpUnreadableError(`expected at most ${MAX_XMP_BYTES} bytes but received ${size}`);
  }
  return readXmpRecord(await readFile(path));
}

async function readEach(
  names: readonly string[],
  files: ReadonlyMap<string, string>,
  left: SkippedPhoto[],
  reason: string,
  read: (path: string) => Promise<PhotoRecord>,
): Promise<Map<string, PhotoRecord>> {
  const records = new Map<string, PhotoRecord>();
  for (const name of names) {
    try {
      records.set(name, await read(files.get(name)!));
    } catch (error) {
      left.push(skipped(reason, name, (error as Error).message));
    }
  }
  return records;
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
