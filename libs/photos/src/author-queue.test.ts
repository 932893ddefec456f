import { describe, expect, it } from 'vitest';
import { AuthorLimit } from './author-limit.js';
import { AuthorQueue } from './author-queue.js';

/** Candidates such as "Ann 1", by Ann. */
const queue = (most: number | undefined, ...candidates: string[]) =>
  new AuthorQueue(candidates, (name) => name.split(' ')[0]!, new AuthorLimit(most));

describe('AuthorQueue', () => {
  it('takes in order, of each author as many as there is room for, and knows who was passed over', () => {
    const waiting = queue(2, 'Ann 1', 'Ann 2', 'Ann 3', 'Bob 1', 'Cy 1');
    expect(waiting.take(3)).toEqual(['Ann 1', 'Ann 2', 'Bob 1']);
    expect(waiting.passedOver).toEqual(['Ann 3']);
    expect(waiting.rest).toEqual(['Cy 1']);
    expect(waiting.take(9)).toEqual(['Cy 1']);
    expect(waiting.take(9)).toEqual([]);
  });

  it('gives a place that is given back to the first who was passed over', () => {
    const waiting = queue(1, 'Ann 1', 'Ann 2', 'Ann 3', 'Bob 1');
    const [first] = waiting.take(2);
    waiting.giveBack(first!);
    expect(waiting.take(2)).toEqual(['Ann 2']);
    expect(waiting.passedOver).toEqual(['Ann 3']);
  });

  it('keeps who was passed over in order where fewer are wanted than have room', () => {
    const waiting = queue(2, 'Ann 1', 'Ann 2', 'Ann 3', 'Ann 4', 'Bob 1');
    for (const taken of waiting.take(2)) waiting.giveBack(taken);
    expect(waiting.take(1)).toEqual(['Ann 3']);
    expect(waiting.take(1)).toEqual(['Ann 4']);
  });

  it('has room for any number of those whose name nobody knows, before and after one is given back', () => {
    const waiting = queue(1, 'unknown 1', 'unknown 2', 'unknown 3');
    const [first] = waiting.take(2);
    waiting.giveBack(first!);
    expect(waiting.take(2)).toEqual(['unknown 3']);
    expect(queue(undefined, 'Ann 1', 'Ann 2').take(2)).toEqual(['Ann 1', 'Ann 2']);
  });
});
