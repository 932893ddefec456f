import { licenseVerdict } from '@collage/licensing/compatibility.js';
import { AuthorLimit } from './author-limit.js';
import { skipped, type FoundPhoto, type PhotoFinding, type PhotoQuery } from './photo-source.js';

/** What one source found, best first. */
export interface FoundBySource {
  photos: readonly FoundPhoto[];
  /** Without limit per author. */
  isHandPicked: boolean;
}

/**
 * The photos of all sources, which take turns so that the best of each come first; each once. Left out are photos
 * whose license does not do, whatever their source thought of it, exact copies (equal digests, or equal originals by
 * SHA-1: DUPLICATE), those beyond the limit per author (AUTHOR_LIMIT) and beyond the most of all (OVER_LIMIT).
 * @param most photos of all sources together
 */
export function* mergeFound(
  sources: readonly FoundBySource[],
  { licenses, photosPerAuthor }: PhotoQuery,
  most: number,
): Generator<PhotoFinding> {
  const seen = new Map<string, string>();
  const authors = new AuthorLimit(photosPerAuthor);
  let count = 0;
  for (const { finding, isHandPicked } of inTurns(sources)) {
    const { photo, sha1 = '' } = finding;
    const { digest, sourceId, credit } = photo;
    const author = credit?.author ?? '';
    const verdict = licenseVerdict(credit?.license, licenses);
    const twin = seen.get(digest) ?? seen.get(sha1);
    if (!verdict.usable) {
      yield skipped(verdict.reason, sourceId, verdict.detail);
    } else if (twin !== undefined) {
      yield skipped('DUPLICATE', sourceId, `it is the same as ${twin}`);
    } else if (!isHandPicked && !authors.hasRoom(author)) {
      yield skipped('AUTHOR_LIMIT', sourceId, authors.reason(author));
    } else if (count === most) {
      yield skipped('OVER_LIMIT', sourceId, `${most} photos are enough to choose from`);
    } else {
      seen.set(digest, sourceId);
      if (sha1 !== '') seen.set(sha1, sourceId);
      authors.add(author);
      count++;
      yield finding;
    }
  }
}

function* inTurns(sources: readonly FoundBySource[]) {
  const longest = Math.max(0, ...sources.map(({ photos }) => photos.length));
  for (let turn = 0; turn < longest; turn++) {
    for (const { photos, isHandPicked } of sources) {
      const finding = photos[turn];
      if (finding) yield { finding, isHandPicked };
    }
  }
}
