import { describe, expect, it } from 'vitest';
import { Rounds } from './rounds.js';

/** Rounds that end when they are told to. */
function heldRounds() {
  const ends: (() => void)[] = [];
  const rounds = new Rounds(() => new Promise((resolve) => ends.push(resolve)));
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { rounds, ends, settled };
}

describe('rounds', () => {
  it('are one at a time, and one more for all who asked meanwhile', async () => {
    const { rounds, ends, settled } = heldRounds();
    rounds.ask();
    rounds.ask();
    rounds.ask();
    expect(ends).toHaveLength(1);
    ends[0]!();
    await settled();
    expect(ends).toHaveLength(2);
    ends[1]!();
    await settled();
    expect(ends).toHaveLength(2);
    rounds.ask();
    expect(ends).toHaveLength(3);
  });

  it('end with the one under way, whoever asked meanwhile', async () => {
    const { rounds, ends, settled } = heldRounds();
    rounds.ask();
    rounds.ask();
    let hasEnded = false;
    const ended = rounds.end().then(() => (hasEnded = true));
    await settled();
    expect(hasEnded).toBe(false);
    ends[0]!();
    await ended;
    rounds.ask();
    await settled();
    expect(ends).toHaveLength(1);
  });
});
