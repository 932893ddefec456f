import { describe, expect, it } from 'vitest';
import { takeTurns } from './take-turns.js';

describe('takeTurns', () => {
  it('gives each queue its share before any gets more, in turns, and loses nothing', () => {
    const queues = [['a1', 'a2', 'a3', 'a4'], ['b1'], ['c1', 'c2']];
    expect(takeTurns(queues, [2, 2, 1])).toEqual(['a1', 'b1', 'c1', 'a2', 'a3', 'c2', 'a4']);
  });

  it('has nothing to give without queues', () => {
    expect(takeTurns([], [])).toEqual([]);
  });
});
