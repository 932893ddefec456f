import { mapInOrder } from '../map-in-order.js';
import { skipped, type PhotoFinding, type PhotoQuery, type PhotoSource } from '../photo-source.js';
import { orderByWords } from '../words-match.js';
import {
  knownLicenseProblem,
  readCandidate,
  toCandidate,
  type Candidate,
} from './folder/folder-candidate.js';
import { FolderError } from './folder/folder-error.js';
import { readFolderRecords } from './folder/folder-records.js';
import { listFiles } from './folder/list-files.js';
import { readPhotoRecord } from './folder/photo-record.js';

/** Every kind of picture, so that those that can't be used are counted rather than overlooked. */
const PICTURE = /\.(?:jpe?g|jfif|png|webp|avif|hei[cf]|gif|svg|tiff?|bmp)$/i;
/** Decoding is half of reading a photo, and sharp decodes outside the event loop. */
const PHOTOS_AT_ONCE = 2;

export interface FolderOptions {
  /** Pixels a photo's shorter side needs, default 300; smaller ones are skipped as TOO_SMALL. */
  minShortSide?: number;
  /** Name of the source. */
  name?: string;
  /** License of the photos that name none, as a `license.json` would give it: "CC BY 4.0". */
  license?: string;
  /** Author of the photos under that license. */
  author?: string;
}

/**
 * The photos of a folder and the folders within. A photo needs a license: from `manifest.jsonl`, a sidecar, its own
 * metadata, or a `license.json` that covers the whole folder, in this order (see `folder-records.ts` and
 * `embedded-record.ts`); without one it is skipped. When there are more than wanted, their words decide which are
 * looked at, then their names; words within the files come too late for that. Each `find` reads the folder anew: what was
 * put there or taken away since the last one counts.
 *
 * `find` throws {@link FolderError} when the folder is missing, is none, or holds no picture at all.
 */
export function folderSource(
  folder: string,
  { minShortSide = 300, name = 'folder', license = '', author = '' }: FolderOptions = {},
): PhotoSource {
  async function* find(
    { keyphrases, limit, licenses }: PhotoQuery,
    signal?: AbortSignal,
  ): AsyncGenerator<PhotoFinding> {
    const listing = await listFiles(folder, signal);
    const names = [...listing.files.keys()].filter((file) => PICTURE.test(file));
    if (names.length === 0) {
      throw new FolderError(
        'FOLDER_WITHOUT_PHOTOS',
        folder,
        'there is no picture in it (.jpg, .png, .webp, …)',
      );
    }
    const { records, skipped: recordProblems } = await readFolderRecords(
      listing.files,
      names,
      license === '' ? undefined : readPhotoRecord({ license, author }),
    );
    yield* listing.skipped;
    yield* recordProblems;

    const candidates: Candidate[] = [];
    for (const file of names) {
      const candidate = toCandidate(file, listing.files.get(file)!, records.get(file));
      const problem = knownLicenseProblem(candidate, licenses);
      if (problem) {
        yield problem;
      } else {
        candidates.push(candidate);
      }
    }

    const found = new Map<string, string>();
    let looked = 0;
    const ordered = orderByWords(candidates, keyphrases);
    const read = (candidate: Candidate) => readCandidate(candidate, name, { minShortSide, licenses });
    for await (const finding of mapInOrder(ordered, PHOTOS_AT_ONCE, read, signal)) {
      looked++;
      const twin = finding.kind === 'photo' ? found.get(finding.photo.digest) : undefined;
      if (finding.kind === 'photo' && twin !== undefined) {
        yield skipped('DUPLICATE', finding.photo.sourceId, `it is the same as ${twin}`);
        continue;
      }
      yield finding;
      if (finding.kind === 'photo') {
        found.set(finding.photo.digest, finding.photo.sourceId);
        if (found.size === limit) {
          break;
        }
      }
    }
    for (const { name: file } of ordered.slice(looked)) {
      yield skipped('OVER_LIMIT', file, `${limit} photos are enough`);
    }
  }
  return { name, isHandPicked: true, find };
}
