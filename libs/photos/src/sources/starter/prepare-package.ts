import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Hex } from '@collage/blobs/blob-store.js';
import { writeWholeFile } from '@collage/blobs/write-whole-file.js';
import { skipped, type SkippedPhoto } from '../../photo-source.js';
import { downloadPackage, type PackagePrograms, type ReadPackageFile } from './download-package.js';
import { openRcc, RccInvalidError } from './rcc.js';
import { ProgramFailedError } from './run-program.js';
import type { PhotoSet, StarterPackage } from './starter-package.js';

/** A package that can't be had is not asked for again for this long; a missing program costs nothing to ask. */
const RETRY_AFTER_MS = 60 * 60 * 1000;

/** How the last preparation of a package ended. */
export interface PackageState {
  /** SHA-256 of what was wanted of the package; another version of this program wants other photos. */
  wanted: string;
  /** What could not be had, told again at every start. */
  skipped: SkippedPhoto[];
  /** When to ask again, in milliseconds since 1970, or null when all is there. */
  retryAt: number | null;
}

/** The state in which a package was left, or undefined when it has to be prepared (again). */
export async function readPackageState(
  starter: StarterPackage,
  cacheFolder: string,
  now: number,
): Promise<PackageState | undefined> {
  try {
    const state = JSON.parse(await readFile(stateFile(starter, cacheFolder), 'utf8')) as PackageState;
    const retry = state.retryAt !== null && now >= state.retryAt;
    return state.wanted === wanted(starter) && !retry ? state : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Downloads a package and leaves its photos in `<cacheFolder>/photos/<package>`, with a `manifest.jsonl` like
 * anybody's folder of photos. Photos are checked against their SHA-256: one that differs in another release
 * of the package is skipped, since its credit may differ too. The state is written last, so that whatever
 * is interrupted is done again.
 */
export async function preparePackage(
  starter: StarterPackage,
  cacheFolder: string,
  programs: PackagePrograms,
  now: number,
  signal?: AbortSignal,
): Promise<PackageState> {
  const left: SkippedPhoto[] = [];
  let retryAt: number | null = null;
  await mkdir(cacheFolder, { recursive: true });
  const downloads = await mkdtemp(join(cacheFolder, 'download-'));
  try {
    const read = await downloadPackage(starter, downloads, programs, signal);
    await rm(photoFolder(starter, cacheFolder), { recursive: true, force: true });
    const lines: string[] = [];
    for (const set of starter.sets) {
      for await (const photo of photosOf(set, read, signal)) {
        if ('reason' in photo) {
          left.push({ ...photo, name: `${starter.name}/${photo.name}` });
        } else {
          await writeWholeFile(join(photoFolder(starter, cacheFolder), photo.name), photo.bytes);
          lines.push(JSON.stringify(photo.record));
        }
      }
    }
    const manifest = join(photoFolder(starter, cacheFolder), 'manifest.jsonl');
    await writeWholeFile(manifest, Buffer.from(`${lines.join('\n')}\n`));
  } catch (error) {
    if (!(error instanceof ProgramFailedError)) {
      throw error;
    }
    left.push(
      skipped('STARTER_PACKAGE_UNAVAILABLE', starter.name, `its photos can't be had: ${error.message}`),
    );
    retryAt = error.notInstalled ? now : now + RETRY_AFTER_MS;
  } finally {
    await rm(downloads, { recursive: true, force: true });
  }
  const state: PackageState = { wanted: wanted(starter), skipped: left, retryAt };
  await writeWholeFile(stateFile(starter, cacheFolder), Buffer.from(JSON.stringify(state)));
  return state;
}

/** The folder of all prepared photos. */
export function preparedFolder(cacheFolder: string): string {
  return join(cacheFolder, 'photos');
}

async function* photosOf(
  set: PhotoSet,
  read: ReadPackageFile,
  signal?: AbortSignal,
): AsyncGenerator<{ name: string; bytes: Uint8Array; record: object } | SkippedPhoto> {
  const readFromSet = set.container === undefined ? read : await openContainer(set.container, read);
  for (const { file, sha256, categories, ...credit } of set.photos) {
    signal?.throwIfAborted();
    const name = `${set.name}-${file.replaceAll('/', '-')}`;
    const bytes = await readFromSet(`${set.folder}/${file}`);
    if (!bytes) {
      yield skipped('FILE_MISSING', name, 'it is not (or not whole) in this release of the package');
    } else if (sha256Hex(bytes) !== sha256) {
      yield skipped('DIGEST_MISMATCH', name, 'it is another photo in this release of the package');
    } else {
      yield { name, bytes, record: { file: name, ...credit, categories: categories.split(', '), sha256 } };
    }
  }
}

async function openContainer(path: string, read: ReadPackageFile): Promise<ReadPackageFile> {
  const container = await read(path);
  const files = container && intact(() => openRcc(container));
  return async (file) => intact(() => files?.get(file)?.());
}

/** What a container gives, or undefined where it is damaged. */
function intact<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    if (error instanceof RccInvalidError) {
      return undefined;
    }
    throw error;
  }
}

function photoFolder(starter: StarterPackage, cacheFolder: string): string {
  return join(preparedFolder(cacheFolder), starter.name);
}

function stateFile(starter: StarterPackage, cacheFolder: string): string {
  return join(cacheFolder, `${starter.name}.json`);
}

function wanted(starter: StarterPackage): string {
  return sha256Hex(Buffer.from(JSON.stringify(starter)));
}
