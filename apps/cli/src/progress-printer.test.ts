import { describe, expect, it } from 'vitest';
import { Collage_State as State } from '@collage/proto/collage/v1/collage.js';
import { ProgressPrinter } from './progress-printer.js';

function printing(isTTY: boolean) {
  let time = 0;
  let text = '';
  const printer = new ProgressPrinter({ isTTY, write: (part: string) => (text += part) }, () => time);
  return { printer, at: (seconds: number) => (time = seconds), text: () => text };
}
const progressed = (doneCount: number) => ({
  sequence: 1,
  event: {
    $case: 'stageProgressed' as const,
    value: { state: State.OPTIMIZING, doneCount, totalCount: 100, unit: 'steps' },
  },
});
const started = {
  sequence: 1,
  event: { $case: 'stageStarted' as const, value: { state: State.OPTIMIZING } },
};

describe('ProgressPrinter', () => {
  it('draws a bar with an estimate on a terminal', () => {
    const { printer, at, text } = printing(true);
    printer.print(started);
    printer.print(progressed(0));
    at(10);
    printer.print(progressed(25));
    expect(text()).toContain('25/100 steps');
    expect(text()).toContain('[######');
    expect(text()).toContain('about 30 s left');
    expect(text()).not.toContain('\n');
  });

  it('says which models were chosen, and when their weights are random', () => {
    const { printer, text } = printing(false);
    const model = { name: 'clip', revision: 'ViT-B-32', digest: 'aa', weightsAreRandom: true, license: '' };
    const value = { perceptor: model, segmenter: { ...model, name: 'groie', weightsAreRandom: false } };
    printer.print({ sequence: 1, event: { $case: 'modelsChosen', value } });
    expect(text()).toContain('seen by clip (ViT-B-32, random weights), cut by groie (ViT-B-32)');
  });

  it('shows on a terminal at once that something else is being counted', () => {
    const { printer, at, text } = printing(true);
    printer.print(started);
    at(1);
    printer.print(progressed(100));
    at(1.01);
    const value = { state: State.OPTIMIZING, doneCount: 0, totalCount: 1, unit: 'judged' };
    printer.print({ sequence: 1, event: { $case: 'stageProgressed', value } });
    expect(text()).toContain('0/1 judged');
  });

  it('prints a whole line now and then where there is no terminal', () => {
    const { printer, at, text } = printing(false);
    printer.print(started);
    for (let step = 1; step <= 100; step++) {
      at(step / 10);
      printer.print(progressed(step));
    }
    const lines = text().trimEnd().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(1);
    expect(lines.length).toBeLessThanOrEqual(2);
  });

  it('counts what was left out by reason with examples', () => {
    const { printer, text } = printing(false);
    for (const letter of 'abcdefg') {
      const value = { reason: 'NO_LICENSE', name: `${letter}.jpg`, detail: 'no license is given' };
      printer.print({ sequence: 1, event: { $case: 'skipped', value } });
    }
    printer.printSkipped();
    expect(text()).toContain('7 x NO_LICENSE, no license is given (a.jpg, b.jpg, c.jpg, ...)');
  });
});
