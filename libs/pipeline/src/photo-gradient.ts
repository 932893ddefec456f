import type { Blobs } from '@collage/blobs/blobs.js';
import type { Composer } from '@collage/inference/composer.js';
import type { Collage, CollageOptions } from '@collage/proto/collage/v1/collage.js';
import type { Objective } from '@collage/proto/collage/v1/composition_service.js';
import type { Color, Gradient } from '@collage/proto/collage/v1/scene.js';
import { rowColors } from '@collage/render/row-colors.js';
import { isGround } from '@collage/scene/layout-part.js';

/** The article's five control points: 15 parameters. */
export const STOP_COUNT = 5;
/** Photos whose colors are tried where no ground decides. */
const PHOTO_COUNT = 5;
/**
 * A perceptor has little to say on a bare gradient (its scores differ by 0.02 to 0.05), and people prefer color to grey:
 * a colorful sky (0.3) may score 0.06 less than a grey wall.
 */
const COLOR_BONUS = 0.2;

/**
 * The row colors of one photo as a gradient: of those whose colors may become the background the one that scores
 * best as a picture of the prompt, colorful ones preferred.
 */
export async function photoGradient(
  collage: Pick<Collage, 'photos' | 'cutouts'>,
  { aspectRatio, background: given }: CollageOptions,
  objective: Objective,
  composer: Composer,
  blobs: Blobs,
  signal?: AbortSignal,
): Promise<{ background: Gradient; score: number }> {
  const candidates: Gradient[] = [];
  for (const digest of colorPhotos(collage)) {
    const colors = await rowColors(await blobs.get(digest), STOP_COUNT);
    candidates.push(evenGradient(given?.angleDegrees ?? 0, colors));
  }
  const scenes = candidates.map((background) => ({ aspectRatio, background, layers: [] }));
  let best = { background: candidates[0]!, score: -Infinity };
  let bestWorth = -Infinity;
  const scores = composer.scoreScenes(objective, scenes, { viewCount: 1, seed: 0 }, signal);
  for await (const { index, score } of scores) {
    const worth = score.score + COLOR_BONUS * colorfulness(candidates[index]!);
    if (worth > bestWorth)
      [best, bestWorth] = [{ background: candidates[index]!, score: score.score }, worth];
  }
  return best;
}

/** Mean difference between the strongest and the weakest channel, 0 (grey) to 1. */
function colorfulness({ stops }: Gradient): number {
  const chroma = stops.map(({ color }) => {
    const channels = [color!.red, color!.green, color!.blue];
    return Math.max(...channels) - Math.min(...channels);
  });
  return chroma.reduce((sum, value) => sum + value, 0) / chroma.length;
}

/** A gradient of evenly spaced stops. Convention: degrees clockwise, 0 from top to bottom. */
export function evenGradient(angleDegrees: number, colors: Color[]): Gradient {
  const last = Math.max(colors.length - 1, 1);
  return { angleDegrees, stops: colors.map((color, index) => ({ offset: index / last, color })) };
}

/** Photos that a ground was cut from, for its own sky goes with it; without a ground the best few. */
function colorPhotos({ photos, cutouts }: Pick<Collage, 'photos' | 'cutouts'>): string[] {
  const grounds = cutouts.filter(isGround).map(({ photoDigest }) => photoDigest);
  return grounds.length > 0 ? grounds : photos.slice(0, PHOTO_COUNT).map(({ digest }) => digest);
}
