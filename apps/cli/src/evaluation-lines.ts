import type { Collage } from '@collage/proto/collage/v1/collage.js';
import type { SceneEvaluation } from '@collage/proto/collage/v1/composition_service.js';

/** Standard deviations of random layouts: a mirrored picture loses or wins as much by chance. */
const MIRROR_TOLERANCE = 1;

/** What was done and how good it became, in words: the score, the judge, the warnings. */
export function evaluationLines(collage: Collage): string[] {
  const { evaluation } = collage;
  const perceptor = collage.models?.perceptor?.name ?? 'none';
  const score =
    `score ${collage.startScore.toFixed(4)} before the climb, ${collage.score.toFixed(4)} after ` +
    `(${collage.optimizationStepCount} steps, under the ${perceptor} perceptor)`;
  return [
    ...budgetLine(collage),
    score,
    ...(evaluation ? [...judgement(evaluation), ...weakest(collage, evaluation)] : []),
  ];
}

function budgetLine({ options }: Collage): string[] {
  if (!options || options.timeBudgetSeconds === 0) return [];
  const counts = [
    [options.backgroundIterationCount, 'steps of the background'],
    [options.layoutCount, 'layouts'],
    [options.variationCount, 'variations'],
    [options.iterationCount, 'steps of the climb'],
  ] as const;
  const done = counts.map(([count, unit]) => `${Math.max(0, count)} ${unit}`);
  return [`in ${options.timeBudgetSeconds} s: ${done.join(', ')}`];
}

function judgement(evaluation: SceneEvaluation): string[] {
  const { lift, heldOutLift, overfitIndex, mirrorDrop } = evaluation;
  const own = evaluation.perceptor!.name;
  const judge = evaluation.heldOutPerceptor!.name;
  return [
    `judged by ${judge}, which no step has seen: ${deviations(heldOutLift)} standard deviations ` +
      `above random layouts of the same cut-outs (${own} says ${deviations(lift)})`,
    `overfit index ${overfitIndex.toFixed(2)}: ${overfit(evaluation, own, judge)}`,
    `mirror guard ${deviations(mirrorDrop)} standard deviations: ` +
      (mirrorDrop > MIRROR_TOLERANCE
        ? 'mirrored it pleases much less, so letters or a chance of its sides may have won'
        : 'mirrored it pleases about as well, so no letters have won'),
  ];
}

function overfit({ lift, overfitIndex }: SceneEvaluation, own: string, judge: string): string {
  if (lift <= 0) return `${own} likes it no better than random layouts, so nothing was won`;
  if (overfitIndex <= 0) return `${judge} sees all that ${own} sees in it`;
  if (overfitIndex >= 1) return `${judge} sees nothing of what ${own} sees in it`;
  return `${judge} misses ${Math.round(100 * overfitIndex)} % of what ${own} sees in it`;
}

/** The cut-out that the picture would be better without, if there is one. */
function weakest({ scene, cutouts, photos }: Collage, { contributions }: SceneEvaluation): string[] {
  const least = Math.min(...contributions);
  if (!(least < 0)) return [];
  const digest = scene?.layers[contributions.indexOf(least)]?.cutoutDigest;
  const cutout = cutouts.find((each) => each.digest === digest);
  const title = photos.find((each) => each.digest === cutout?.photoDigest)?.credit?.title;
  return [`weakest cut-out: "${title ?? digest}"; without it the score is ${(-least).toFixed(4)} higher`];
}

/** To a tenth, without a negative zero. */
function deviations(value: number): string {
  return (Math.round(value * 10) / 10 + 0).toFixed(1);
}
