import { FetchError } from '@collage/fetch/fetch-error.js';
import type { Fetcher } from '@collage/fetch/fetcher.js';
import { photosPerPhrase } from '@collage/keyphrases/photos-per-phrase.js';
import { Photo } from '@collage/proto/collage/v1/photo.js';
import { fetchWanted } from '../../fetch-wanted.js';
import { eachInTime } from '../../in-time.js';
import type { SourcePatience } from '../../listen-to-source.js';
import { DEFAULT_PATIENCE } from '../../photo-search.js';
import {
  type FoundPhoto,
  type PhotoFinding,
  type PhotoQuery,
  type PhotoSource,
  skipped,
  type SkippedPhoto,
} from '../../photo-source.js';
import { CommonsApi } from './commons-api.js';
import type { CommonsFile } from './commons-file.js';
import { largerPhotos } from './larger-photos.js';
import { endedEarly, NAME } from './search-failures.js';
import { type KeyphraseQueue, searchKeyphrases } from './search-keyphrases.js';
import { takeTurns } from './take-turns.js';
import type { ThumbnailWidth } from './thumbnail-widths.js';

/** The fetcher keeps to what the wiki allows; more would only wait. */
const PHOTOS_AT_ONCE = 2;

/** Whoever listens must hear of the search's end before they leave, and there must be time left for the pictures. */
const SEARCH_PATIENCE: SourcePatience = {
  silentSeconds: 0.8 * DEFAULT_PATIENCE.silentSeconds,
  totalSeconds: DEFAULT_PATIENCE.totalSeconds / 2,
  clock: DEFAULT_PATIENCE.clock,
};

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
  /** How long the search may take; what it found until then is fetched (SEARCH_TIMED_OUT). */
  patience?: SourcePatience;
}

/**
 * Photos of Wikimedia Commons: each keyphrase's queries as full-text searches and as names of gallery pages, the most
 * exact first, until its share of the photos is found; then the pictures, scaled by the wiki, the keyphrases taking
 * turns. License, author and size are checked before anything but words is fetched.
 *
 * A wiki that can't be reached, refuses or takes too long is reported as skipped, with what was found until then; one
 * question that it refuses is reported too, and does not end the search.
 */
export function commonsSource(options: CommonsOptions): PhotoSource {
  const {
    address,
    fetcher,
    minShortSide = 512,
    width = 960,
    batch,
    maxlag,
    patience = SEARCH_PATIENCE,
  } = options;
  const api = new CommonsApi(address, fetcher, maxlag);

  async function* find(query: PhotoQuery, signal?: AbortSignal): AsyncGenerator<PhotoFinding> {
    const { keyphrases, limit, licenses } = query;
    if (keyphrases.length === 0) {
      yield skipped('NO_KEYPHRASE', NAME, 'Wikimedia Commons is searched for words, and there are none');
      return;
    }
    const shares = photosPerPhrase(keyphrases, limit);
    const queues = keyphrases.map((keyphrase, index): KeyphraseQueue => ({
      keyphrase,
      share: shares[index]!,
      files: [],
    }));
    const search = { api, wishes: { licenses, minShortSide }, width, batch };
    const searching = (inner: AbortSignal) => searchKeyphrases(queues, search, inner);
    const { totalSeconds, silentSeconds, clock } = patience;
    try {
      yield* eachInTime(totalSeconds, searching, clock, signal, silentSeconds);
    } catch (error) {
      yield endedEarly(error, signal);
    }
    const rest = yield* fetchWanted(
      takeTurns(
        queues.map(({ files }) => files),
        shares,
      ),
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
