import { existsSync, readFileSync } from 'node:fs';
import { extractKeyphrases } from '@collage/keyphrases/extract-keyphrases.js';
import { scoreKeyphrases, type WantedKeyphrases } from '@collage/keyphrases/testing/score-keyphrases.js';
import { describe, expect, it } from 'vitest';

const goldFile = new URL('../../../shared/keyphrases/gold.jsonl', import.meta.url);
const title = existsSync(goldFile)
  ? 'keyphrases wanted by a person'
  : 'keyphrases wanted by a person (SKIPPED: ../shared/keyphrases/gold.jsonl is not there)';

describe.skipIf(!existsSync(goldFile))(title, () => {
  const readGold = (): WantedKeyphrases[] =>
    readFileSync(goldFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as WantedKeyphrases);

  it('are found with an F1 of at least 0.90', () => {
    const score = scoreKeyphrases(readGold(), (prompt) =>
      extractKeyphrases(prompt).keyphrases.map(({ text }) => text),
    );
    const { f1, precision, recall, mistakes } = score;
    const figures = [f1, precision, recall].map((figure) => figure.toFixed(3));
    console.info(`keyphrases: F1 ${figures[0]}, precision ${figures[1]}, recall ${figures[2]}`);
    console.info(mistakes.join('\n'));
    expect(f1).toBeGreaterThanOrEqual(0.9);
  });

  it('are found without a tagger with an F1 of at least 0.75', () => {
    const withoutTagger = (): never => {
      throw new Error('no tagger');
    };
    const { f1 } = scoreKeyphrases(readGold(), (prompt) =>
      extractKeyphrases(prompt, {}, withoutTagger).keyphrases.map(({ text }) => text),
    );
    console.info(`keyphrases by stop words alone: F1 ${f1.toFixed(3)}`);
    expect(f1).toBeGreaterThanOrEqual(0.75);
  });
});
