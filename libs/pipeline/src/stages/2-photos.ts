import type { ModelVector } from '@collage/inference/same-model.js';
import { differenceHash, withoutNearDuplicates } from '@collage/photos/near-duplicates.js';
import { photoForModel } from '@collage/photos/read-photo.js';
import { searchPhotos } from '@collage/photos/photo-search.js';
import type { FoundPhoto } from '@collage/photos/photo-source.js';
import {
  Collage_State as State,
  type Collage,
  type CollageOptions,
} from '@collage/proto/collage/v1/collage.js';
import type { ModelIdentity } from '@collage/proto/collage/v1/model.js';
import type { Photo } from '@collage/proto/collage/v1/photo.js';
import { NoPhotosFoundError } from '../collage-error.js';
import type { CollageTools } from '../collage-tools.js';
import { describePerceptor, embedPictures } from '../embed-cached.js';
import { keepBest } from '../keep-best.js';
import { rankSeen } from '../rank-seen.js';
import { progressed, skipped, type Stage } from '../stage-event.js';
import { unreadable } from '../read-pictures.js';

const state = State.FINDING_PHOTOS;
/** A tenth of the photos that are looked at by default: one busy photographer must not decide what a collage looks like. */
const PHOTOS_PER_AUTHOR = 10;

export interface FoundPhotos {
  /** Ranked, best first; near-duplicates removed, and at most `photoCount`. */
  photos: Photo[];
  /** The model that ranked them. */
  perceptor: ModelIdentity;
}

/**
 * Stage 2: searches every source, keeps the bytes, and ranks the photos by two signals: what the perceptor
 * sees and what their sources say of them. All that the search gives are seen; only then is cut to the count wanted,
 * so that it is the ranking that decides (see `keepBest`), not the order in which sources name their photos.
 * @throws NoPhotosFoundError; SourcesFailedError where none of the sources could be searched
 */
export async function* findPhotos(
  { prompt, keyphrases }: Pick<Collage, 'prompt' | 'keyphrases'>,
  options: CollageOptions,
  tools: CollageTools,
  signal?: AbortSignal,
): Stage<FoundPhotos> {
  const candidates: FoundPhoto[] = [];
  const hashes = new Map<string, bigint>();
  let skippedCount = 0;
  const query = {
    keyphrases,
    limit: options.photoCount,
    licenses: { noncommercialAllowed: options.noncommercialAllowed, licenses: options.licenses },
    photosPerAuthor: PHOTOS_PER_AUTHOR,
  };
  for await (const finding of searchPhotos(tools.sources, query, signal, tools.patience)) {
    if (finding.kind === 'progress') yield progressed(state, finding.done, finding.total, finding.unit);
    else if (finding.kind === 'skipped') {
      skippedCount++;
      yield skipped(finding.reason, finding.name, finding.detail);
    } else candidates.push(finding);
  }
  const found: Photo[] = [];
  for (const [index, { photo, bytes: read }] of candidates.entries()) {
    try {
      const bytes = await read();
      hashes.set(photo.digest, await differenceHash(bytes));
      await tools.blobs.put(bytes);
      found.push(photo);
    } catch (error) {
      signal?.throwIfAborted();
      // It changed or went away since it was found.
      const { reason, message } = unreadable(error);
      skippedCount++;
      yield skipped(reason, photo.sourceId, message);
    }
    yield progressed(state, index + 1, candidates.length, 'photos read');
  }
  const texts = keyphrases.map(({ text }) => text);
  if (found.length === 0) throw new NoPhotosFoundError(texts, skippedCount);

  const { embedder } = await tools.inference();
  const { model, inputSizePixels } = await describePerceptor(embedder, signal);
  const vectors = new Map<string, ModelVector>();
  const pictures = found.map(({ digest }) => ({
    digest,
    // Twice the side the perceptor sees: its own antialiased reduction does the rest.
    read: async () => photoForModel(await tools.blobs.get(digest), 2 * inputSizePixels),
  }));
  let encodedCount = 0;
  for await (const answer of embedPictures(pictures, embedder, model, tools.derived, signal)) {
    if (answer.vector) vectors.set(answer.digest, answer.vector);
    else yield skipped(answer.error.reason, nameOf(found, answer.digest), answer.error.message);
    yield progressed(state, ++encodedCount, pictures.length, 'photos seen');
  }

  const seen = found.filter(({ digest }) => vectors.has(digest));
  if (seen.length === 0) throw new NoPhotosFoundError(texts, skippedCount);
  const rankings = await rankSeen(
    seen.map((photo) => ({ vector: vectors.get(photo.digest)!, photo })),
    { prompt, keyphrases },
    embedder,
    model,
    tools.derived,
    signal,
  );
  const ranked = seen
    .map((photo, index) => ({ ...photo, ranking: rankings[index] }))
    .sort((a, b) => b.ranking!.score - a.ranking!.score || (a.digest < b.digest ? -1 : 1));

  const { kept, dropped } = withoutNearDuplicates(
    ranked.map((photo) => ({ photo, hash: hashes.get(photo.digest)! })),
  );
  for (const { photo, like } of dropped) {
    yield skipped(
      'NEAR_DUPLICATE',
      photo.photo.sourceId,
      `looks like ${like.photo.sourceId}, which ranks better`,
    );
  }
  const { kept: photos, over } = keepBest(
    kept.map(({ photo }) => photo),
    keyphrases,
    options.photoCount,
  );
  for (const { sourceId } of over) {
    yield skipped('OVER_LIMIT', sourceId, `${options.photoCount} photos are enough, and these rank better`);
  }
  yield { $case: 'photosFound', value: { photos } };
  return { photos, perceptor: model };
}

function nameOf(photos: Photo[], digest: string): string {
  return photos.find((photo) => photo.digest === digest)?.sourceId ?? digest;
}
