import { describe, expect, it } from 'vitest';
import { Collage, type CollageOptions } from '@collage/proto/collage/v1/collage.js';
import type { SceneEvaluation } from '@collage/proto/collage/v1/composition_service.js';
import { evaluationLines } from './evaluation-lines.js';

function linesOf(evaluation: Partial<SceneEvaluation>, options: Partial<CollageOptions> = {}): string {
  const collage = Collage.fromPartial({
    startScore: 0.25,
    score: 0.375,
    optimizationStepCount: 40,
    options,
    models: { perceptor: { name: 'starter' } },
    scene: { layers: [{ cutoutDigest: 'aa' }, { cutoutDigest: 'bb' }] },
    cutouts: [
      { digest: 'bb', photoDigest: 'pb' },
      { digest: 'aa', photoDigest: 'pa' },
    ],
    photos: [{ digest: 'pb', credit: { title: 'A cat' } }],
    evaluation: {
      perceptor: { name: 'starter' },
      heldOutPerceptor: { name: 'other' },
      lift: 4,
      heldOutLift: 3,
      overfitIndex: 0.25,
      contributions: [0.1, 0.2],
      ...evaluation,
    },
  });
  return evaluationLines(collage).join('\n');
}

describe('evaluationLines', () => {
  it('says how the score rose and under which model', () => {
    expect(linesOf({})).toContain(
      'score 0.2500 before the climb, 0.3750 after (40 steps, under the starter perceptor)',
    );
  });

  it('names the judge, what it says and what the climbed one says', () => {
    const lines = linesOf({});
    expect(lines).toContain('judged by other, which no step has seen: 3.0 standard deviations');
    expect(lines).toContain('(starter says 4.0)');
  });

  it.each([
    [{ overfitIndex: 0.25 }, 'overfit index 0.25: other misses 25 % of what starter sees in it'],
    [{ overfitIndex: -0.5 }, 'overfit index -0.50: other sees all that starter sees in it'],
    [{ overfitIndex: 1.2 }, 'overfit index 1.20: other sees nothing of what starter sees in it'],
    [{ overfitIndex: 0, lift: -1 }, 'overfit index 0.00: starter likes it no better than random layouts'],
    [{ mirrorDrop: 0.4 }, 'mirror guard 0.4 standard deviations: mirrored it pleases about as well'],
    [{ mirrorDrop: -0.01 }, 'mirror guard 0.0 '],
    [{ mirrorDrop: 2 }, 'mirror guard 2.0 standard deviations: mirrored it pleases much less'],
  ])('puts %j into words', (evaluation, words) => {
    expect(linesOf(evaluation)).toContain(words);
  });

  it('names the weakest cut-out by its photo where the picture is better without it, and only then', () => {
    expect(linesOf({ contributions: [0.1, -0.012] })).toContain(
      'weakest cut-out: "A cat"; without it the score is 0.0120 higher',
    );
    expect(linesOf({ contributions: [0.1, 0] })).not.toContain('weakest');
  });

  it('says what was done in the time given', () => {
    const options = {
      timeBudgetSeconds: 20,
      backgroundIterationCount: 31,
      layoutCount: 88,
      variationCount: 56,
      iterationCount: -1,
    };
    expect(linesOf({}, options)).toContain(
      'in 20 s: 31 steps of the background, 88 layouts, 56 variations, 0 steps of the climb',
    );
    expect(linesOf({})).not.toContain('in 0 s');
  });

  it('says nothing of a judgement where there is none', () => {
    const lines = evaluationLines(Collage.fromPartial({ score: 1 }));
    expect(lines).toHaveLength(1);
  });
});
