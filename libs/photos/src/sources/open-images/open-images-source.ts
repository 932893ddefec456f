import type { Database } from '@collage/database/database.js';
import type { StoredModel } from '@collage/database/embedding-store.js';
import type { Fetcher } from '@collage/fetch/fetcher.js';
import { photosPerPhrase } from '@collage/keyphrases/photos-per-phrase.js';
import { licenseTerms } from '@collage/licensing/license-terms.js';
import { parseLicense } from '@collage/licensing/license.js';
import type { License } from '@collage/proto/collage/v1/photo.js';
import { Photo } from '@collage/proto/collage/v1/photo.js';
import { fetchWanted } from '../../fetch-wanted.js';
import {
  type FoundPhoto,
  type PhotoFinding,
  type PhotoQuery,
  type PhotoSource,
  skipped,
  type SkippedPhoto,
  type SourceProgress,
} from '../../photo-source.js';
import { takeTurns } from '../commons/take-turns.js';
import { databaseLost } from './database-lost.js';
import { nothingImported, type TextEmbedder } from './embed-texts.js';
import { fetchImage } from './fetch-image.js';
import { findImages, type ImageMatch, type ImageTexts, textsOf } from './find-images.js';
import type { ImageRow } from './image-row.js';
import { largerImages } from './larger-images.js';
import { listedLicenses } from './listed-licenses.js';
import { OpenImagesError } from './open-images-error.js';

const NAME = 'open-images';
/** Photos lie on a dozen hosts of Flickr's; the fetcher keeps to what each allows. */
const PHOTOS_AT_ONCE = 8;
/** Many links of 2016 are dead, and some photos too small: so many times as many are looked up as are wanted. */
const SPARE = 4;
/** OpenImages' own words of the licenses are that it makes no warranty: whoever publishes is to know. */
const LISTED_ONLY = 'license as listed by OpenImages in 2016, which does not warrant it';

export interface OpenImagesOptions {
  /** With the photos that were imported; connected to when the source is first asked. */
  database: Database;
  /** The perceptor's texts, asked for when they are needed. */
  embedder: () => Promise<TextEmbedder>;
  fetcher: Fetcher;
  /** Pixels that the shorter side of an original needs; of a thumbnail it is less. */
  minShortSide?: number;
}

/** A photo that may be used, before its bytes are fetched. */
interface Candidate {
  image: ImageRow;
  license: License;
}

/**
 * Photos of OpenImages, of whose metadata files some were imported and embedded before: each keyphrase's queries are
 * compared with labels, captions and titles, and the photos of the nearest texts fetched from where they lie, the
 * keyphrases taking turns by their weights. A photo that answers several keyphrases counts for the one that it answers
 * best. Photos under licenses that will not do are not looked for, and told of once for each license; the author is checked
 * before anything is fetched. What is not wanted any more is not told: nearly all of nine million photos are not.
 *
 * Throws an OpenImagesError while nothing is imported, or embedded with the perceptor that answers.
 */
export function openImagesSource(options: OpenImagesOptions): PhotoSource {
  const { database, embedder, fetcher, minShortSide = 512 } = options;

  async function* find(query: PhotoQuery, signal?: AbortSignal): AsyncGenerator<PhotoFinding> {
    const { keyphrases, limit } = query;
    if (keyphrases.length === 0) {
      yield skipped('NO_KEYPHRASE', NAME, 'OpenImages is searched for words, and there are none');
      return;
    }
    const { usable, refused } = await orLost(listedLicenses(database, query.licenses));
    if (usable.length + refused.length === 0) throw nothingImported();
    yield* refused;
    if (usable.length === 0) return;
    const matches = yield* matchesOf(query, refused.length > 0 ? usable : undefined, signal);
    const queues: Candidate[][] = keyphrases.map(() => []);
    for (const { phrase, image } of matches) {
      const candidate = toCandidate(image);
      if ('kind' in candidate) yield candidate;
      else queues[phrase]!.push(candidate);
    }
    yield* fetchPhotos(takeTurns(queues, photosPerPhrase(keyphrases, limit)), query, signal);
  }

  /**
   * Photos for all keyphrases, each once, with the keyphrase that it answers best. Among millions, and under some of the
   * licenses only, a keyphrase can take a while: each is told of.
   */
  async function* matchesOf(
    { keyphrases, limit }: PhotoQuery,
    licenses: readonly string[] | undefined,
    signal?: AbortSignal,
  ): AsyncGenerator<SourceProgress, (ImageMatch & { phrase: number })[]> {
    const texts = await embedder();
    const { model: identity } = await texts.describe(signal);
    const model = await orLost(storedModel(identity!.digest));
    const ladders = keyphrases.map(({ queries, text }) => (queries.length > 0 ? queries : [text]));
    const vectors = await texts.encodeTexts(ladders.flat(), identity!, signal);
    const best = new Map<string, ImageMatch & { phrase: number }>();
    let first = 0;
    for (const [phrase, ladder] of ladders.entries()) {
      const queries = vectors.slice(first, (first += ladder.length)).map(({ values }) => values);
      signal?.throwIfAborted();
      const found = await orLost(findImages(database, model, queries, SPARE * limit, licenses, signal));
      for (const match of found) {
        const before = best.get(match.image.imageId);
        if (!before || before.similarity < match.similarity) {
          best.set(match.image.imageId, { ...match, phrase });
        }
      }
      yield { kind: 'progress', done: phrase + 1, total: ladders.length, unit: 'keyphrases looked up' };
    }
    return [...best.values()].toSorted(
      (a, b) => b.similarity - a.similarity || (a.image.imageId < b.image.imageId ? -1 : 1),
    );
  }

  async function* fetchPhotos(
    candidates: readonly Candidate[],
    query: PhotoQuery,
    signal?: AbortSignal,
  ): AsyncGenerator<PhotoFinding> {
    const nameOf = ({ image }: Candidate) => image.imageId;
    const texts = await orLost(textsOf(database, candidates.map(nameOf)));
    yield* fetchWanted(
      candidates,
      query,
      {
        nameOf,
        authorOf: ({ image }) => image.author ?? '',
        fetch: (candidate) => toPhoto(candidate, texts.get(nameOf(candidate)), signal),
        atOnce: PHOTOS_AT_ONCE,
      },
      signal,
    );
  }

  async function toPhoto(
    { image, license }: Candidate,
    { labels, captions }: ImageTexts = { labels: [], captions: [] },
    signal?: AbortSignal,
  ): Promise<FoundPhoto | SkippedPhoto> {
    const fetched = await fetchImage(image, fetcher, minShortSide, signal);
    if ('kind' in fetched) return fetched;
    const { digest, sha1, mediaType, width, height } = fetched;
    const photo = Photo.fromPartial({
      digest,
      source: NAME,
      sourceId: image.imageId,
      mediaType,
      width,
      height,
      description: captions.join(' '),
      categories: labels,
      restrictions: [LISTED_ONLY],
      credit: {
        title: image.title ?? '',
        author: image.author ?? '',
        authorUrl: image.authorUrl ?? '',
        sourceUrl: image.landingUrl,
        license,
        photoDigest: digest,
      },
    });
    return { kind: 'photo', photo, sha1, bytes: () => fetched.bytes() };
  }

  async function storedModel(digest: string): Promise<StoredModel> {
    const { pool } = await database.connect();
    const { rows } = await pool.query<StoredModel>(
      'SELECT id, digest, width FROM model WHERE digest = $1 ' +
        'AND EXISTS (SELECT 1 FROM embedding WHERE model_id = model.id)',
      [digest],
    );
    if (rows[0]) return rows[0];
    throw new OpenImagesError(
      'NOTHING_EMBEDDED',
      'Photos of OpenImages are imported, but none of their texts is embedded with the perceptor that answers now: run ' +
        '`npm run open-images -- embed`.',
    );
  }

  return {
    name: NAME,
    find,
    larger: (wishes, signal, limit) => largerImages(wishes, database, fetcher, signal, limit),
  };
}

/** What the database says, or that it broke off. */
async function orLost<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw databaseLost(error) ?? error;
  }
}

function toCandidate(image: ImageRow): Candidate | SkippedPhoto {
  const license = parseLicense(image.licenseUrl);
  if (image.author === null && licenseTerms(license).attribution) {
    return skipped(
      'NO_AUTHOR',
      image.imageId,
      `${license.name} asks for the author's name, and none is given`,
    );
  }
  return { image, license };
}
