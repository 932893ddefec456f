import type { ModelVector } from '@collage/inference/same-model.js';
import {
  BackgroundMode,
  Collage_State as State,
  type Collage,
  type CollageOptions,
} from '@collage/proto/collage/v1/collage.js';
import type { ModelIdentity } from '@collage/proto/collage/v1/model.js';
import type { Cutout, Photo } from '@collage/proto/collage/v1/photo.js';
import { isGround } from '@collage/scene/layout-part.js';
import { flattenCutout } from '@collage/render/flatten-cutout.js';
import { choosePhotos } from '../choose-photos.js';
import { chooseCutouts, type CutoutCandidate } from '../choose-cutouts.js';
import { NoCutoutsFoundError } from '../collage-error.js';
import type { CollageTools } from '../collage-tools.js';
import { cutoutScore } from '../cutout-score.js';
import { dropIncompatible } from '../drop-incompatible.js';
import { describePerceptor, embedPictures } from '../embed-cached.js';
import { rankSeen } from '../rank-seen.js';
import { segmentPhotos } from '../segment-cached.js';
import { progressed, skipped, type Stage } from '../stage-event.js';
import { photoAsGround, type UnseenCutout } from '../photo-as-ground.js';

const state = State.CUTTING_OUT;
/** Photos cut for each cut-out wanted: a choice, without cutting everything that was found. */
const PHOTOS_PER_CUTOUT = 2.5;
/** Spare cut-outs for each one wanted. */
const SPARES_PER_CUTOUT = 0.6;

export interface CutOut {
  /** Chosen, best first. */
  cutouts: Cutout[];
  /** The photos they were cut from, in the order of the cut-outs. */
  photos: Photo[];
  /** The next best: layouts may exchange a chosen one that does not help for one of them. */
  spares: { cutouts: Cutout[]; photos: Photo[] };
  segmenter: ModelIdentity;
}

/**
 * Stage 3: cuts the best photos, ranks the cut-outs as the photos were ranked, and chooses by score, keyphrase
 * coverage and variety.
 * @throws NoCutoutsFoundError
 */
export async function* cutOut(
  collage: Pick<Collage, 'prompt' | 'keyphrases' | 'photos' | 'models'>,
  options: CollageOptions,
  tools: CollageTools,
  signal?: AbortSignal,
): Stage<CutOut> {
  const { keyphrases } = collage;
  const { blobs, derived } = tools;
  const { segmenter, embedder } = await tools.inference();
  const segmenterModel = (await segmenter.describe(signal)).model!;
  const chosen = choosePhotos(collage.photos, keyphrases, Math.ceil(options.cutoutCount * PHOTOS_PER_CUTOUT));
  const photos = new Map(chosen.map((photo) => [photo.digest, photo]));

  const found = new Map<string, Cutout[]>();
  let cutCount = 0;
  for await (const answer of segmentPhotos(
    [...photos.keys()],
    segmenter,
    segmenterModel,
    blobs,
    derived,
    signal,
  )) {
    const name = photos.get(answer.digest)!.sourceId;
    if (answer.error) yield skipped(answer.error.reason, name, answer.error.message);
    else if (answer.cutouts.length === 0)
      yield skipped('NOTHING_STOOD_OUT', name, 'no part stood out from the rest');
    else found.set(answer.digest, answer.cutouts);
    yield progressed(state, ++cutCount, photos.size, 'photos cut');
  }
  // Answers come in any order; the photos' order makes the rest reproducible.
  const cutouts = [...photos.keys()].flatMap((digest) => found.get(digest) ?? []);
  if (cutouts.length === 0) throw new NoCutoutsFoundError(photos.size);

  const { model, inputSizePixels } = await describePerceptor(embedder, signal, collage.models?.perceptor);
  const pictures = cutouts.map(({ digest }) => ({
    digest,
    read: async () => flattenCutout(await blobs.get(digest), 2 * inputSizePixels),
  }));
  const vectors = new Map<string, ModelVector>();
  for await (const answer of embedPictures(pictures, embedder, model, derived, signal)) {
    if (answer.vector) vectors.set(answer.digest, answer.vector);
    else yield skipped(answer.error.reason, answer.digest, answer.error.message);
    yield progressed(state, vectors.size, pictures.length, 'cut-outs seen');
  }
  const seen = cutouts.filter(({ digest }) => vectors.has(digest));
  if (seen.length === 0) throw new NoCutoutsFoundError(photos.size);
  const rankings = await rankSeen(
    seen.map(({ digest, photoDigest }) => ({
      vector: vectors.get(digest)!,
      photo: photos.get(photoDigest)!,
    })),
    collage,
    embedder,
    model,
    derived,
    signal,
  );
  const candidates: CutoutCandidate[] = seen.map((cutout, index) => ({
    cutout: { ...cutout, ranking: { ...rankings[index]!, score: cutoutScore(cutout, rankings[index]!) } },
    photo: photos.get(cutout.photoDigest)!,
    vector: vectors.get(cutout.digest)!,
  }));

  const { kept, dropped } = dropIncompatible(candidates, options);
  for (const { name, detail } of dropped) yield skipped('LICENSE_INCOMPATIBLE', name, detail);
  const best: UnseenCutout[] = chooseCutouts(kept, keyphrases, options.cutoutCount);
  const left = kept.filter((candidate) => !best.includes(candidate) && !isGround(candidate.cutout));
  const spares = chooseCutouts(left, keyphrases, Math.ceil(options.cutoutCount * SPARES_PER_CUTOUT));
  if (options.backgroundMode === BackgroundMode.PHOTO) {
    // Of those whose licenses go together; the photos are in ranked order.
    const allowed = new Set(kept.map(({ photo }) => photo));
    best.unshift(
      await photoAsGround(
        chosen.find((photo) => allowed.has(photo))!,
        blobs,
      ),
    );
  }
  const result = {
    cutouts: best.map(({ cutout }) => cutout),
    photos: [...new Set(best.map(({ photo }) => photo))],
    spares: { cutouts: spares.map(({ cutout }) => cutout), photos: spares.map(({ photo }) => photo) },
    segmenter: segmenterModel,
  };
  yield { $case: 'cutoutsFound', value: { cutouts: result.cutouts } };
  return result;
}
