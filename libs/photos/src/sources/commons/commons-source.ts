import { FetchError } from '@collage/fetch/fetch-error.js';
import type { Fetcher } from '@collage/fetch/fetcher.js';
import { photosPerPhrase } from '@collage/keyphrases/photos-per-phrase.js';
import { Photo } from '@collage/proto/collage/v1/photo.js';
import { fetchWanted } from '../../fetch-wanted.js';
import {
  type FoundPhoto,
  type PhotoFinding,
  type PhotoQuery,
  type PhotoSource,
  skipped,
  type SkippedPhoto,
  sourceFailed,
} from '../../photo-source.js';
import { CommonsApi } from './commons-api.js';
import { CommonsError } from './commons-error.js';
import type { CommonsFile } from './commons-file.js';
import { findCandidates } from './find-candidates.js';
import { galleryTitles } from './gallery-titles.js';
import { largerPhotos } from './larger-photos.js';
import { takeTurns } from './take-turns.js';
import type { ThumbnailWidth } from './thumbnail-widths.js';

/** The fetcher keeps to what the wiki allows; more would only wait. */
const PHOTOS_AT_ONCE = 2;
const NAME = 'commons';

export interface CommonsOptions {
  /** Of the wiki's api.php. */
  address: string;
  fetcher: Fetcher;
  /** Pixels that the shorter side of the original needs. */
  minShortSide?: number;
  /** Of the pictures that are fetched, in pixels: enough to see and to cut; larger ones by `larger`. */
  width?: ThumbnailWidth;
  /** Files in one answer of the API, 1 to 50; absent: as many as are useful. */
  batch?: number;
  /** Seconds that the wiki may lag to answer us. */
  maxlag?: number;
}

/**
 * Photos of Wikimedia Commons: each keyphrase's queries as full-text searches and as names of gallery pages, the most
 * exact first, until its share of the photos is found; then the pictures, scaled by the wiki, the keyphrases taking
 * turns. License, author and size are checked before anything but words is fetched.
 *
 * A wiki that can't be reached, or refuses, is reported as skipped, with what was found until then.
 */
export function commonsSource(options: CommonsOptions): PhotoSource {
  const { address, fetcher, minShortSide = 512, width = 960, batch, maxlag } = options;
  const api = new CommonsApi(address, fetcher, maxlag);

  async function* find(query: PhotoQuery, signal?: AbortSignal): AsyncGenerator<PhotoFinding> {
    const { keyphrases, limit, licenses } = query;
    if (keyphrases.length === 0) {
      yield skipped('NO_KEYPHRASE', NAME, 'Wikimedia Commons is searched for words, and there are none');
      return;
    }
    const shares = photosPerPhrase(keyphrases, limit);
    const queues: CommonsFile[][] = keyphrases.map(() => []);
    const seen = new Set<string>();
    try {
      const hasCirrus = await knowsCirrus(api, signal);
      const galleries = await galleryTitles(
        api,
        keyphrases.flatMap(({ queries, text }) => [...queries, text]),
        signal,
      );
      const search = { api, wishes: { licenses, minShortSide }, width, galleries, hasCirrus, batch };
      for (const [index, keyphrase] of keyphrases.entries()) {
        yield {
          kind: 'progress',
          done: index,
          total: keyphrases.length,
          unit: 'keyphrases searched on Commons',
        };
        for await (const file of findCandidates(keyphrase, shares[index]!, search, seen, signal)) {
          if ('kind' in file) yield file;
          else queues[index]!.push(file);
        }
      }
    } catch (error) {
      yield unreached(error, signal);
    }
    const rest = yield* fetchWanted(
      takeTurns(queues, shares),
      query,
      {
        nameOf: ({ title }) => title,
        authorOf: ({ credit }) => credit.author,
        fetch: (file) => fetchPhoto(file, query, signal),
        atOnce: PHOTOS_AT_ONCE,
      },
      signal,
    );
    for (const { title } of rest) yield skipped('OVER_LIMIT', title, `${limit} photos are enough`);
  }

  async function fetchPhoto(
    file: CommonsFile,
    { downloads }: PhotoQuery,
    signal?: AbortSignal,
  ): Promise<FoundPhoto | SkippedPhoto> {
    const { sha1, description, categories, restrictions } = file;
    const download = () => fetcher.photo(file.thumbnail.address, { signal });
    try {
      const fetched = await (downloads?.get(sha1, download) ?? download());
      const { digest, mediaType } = fetched;
      const photo = Photo.fromPartial({
        digest,
        source: NAME,
        sourceId: file.title,
        mediaType,
        description,
        categories,
        restrictions,
        width: fetched.width,
        height: fetched.height,
        credit: { ...file.credit, photoDigest: digest },
      });
      return { kind: 'photo', photo, sha1, bytes: () => fetched.bytes() };
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof FetchError)) throw error;
      return skipped(error.reason, file.title, error.message);
    }
  }

  return {
    name: NAME,
    find,
    larger: (wishes, signal, limit) => largerPhotos(wishes, api, fetcher, signal, limit),
  };
}

/** Whether the wiki searches with CirrusSearch, as Commons does. */
async function knowsCirrus(api: CommonsApi, signal?: AbortSignal): Promise<boolean> {
  const { query } = await api.query({ meta: 'siteinfo', siprop: 'extensions' }, signal);
  return (query?.extensions ?? []).some(({ name }) => name === 'CirrusSearch');
}

function unreached(error: unknown, signal?: AbortSignal): SkippedPhoto {
  signal?.throwIfAborted();
  if (error instanceof FetchError || error instanceof CommonsError) {
    return sourceFailed(error.reason, NAME, error.message);
  }
  throw error;
}
