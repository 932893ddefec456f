import { describe, expect, it } from 'vitest';
import { mapInOrder } from './map-in-order.js';

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function collected<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) {
    all.push(value);
  }
  return all;
}

describe('mapInOrder', () => {
  it('keeps the order whichever ends first, and never runs more than allowed at once', async () => {
    let running = 0;
    let most = 0;
    const map = async (value: number) => {
      most = Math.max(most, ++running);
      await later(value % 2 === 0 ? 12 : 1);
      running--;
      return value * 10;
    };
    expect(await collected(mapInOrder([0, 1, 2, 3, 4, 5], 3, map))).toEqual([0, 10, 20, 30, 40, 50]);
    expect(most).toBe(3);
  });

  it('starts nothing more once the consumer stops', async () => {
    const started: number[] = [];
    const map = async (value: number) => {
      started.push(value);
      return value;
    };
    for await (const value of mapInOrder([1, 2, 3, 4, 5, 6], 2, map)) {
      if (value === 2) {
        break;
      }
    }
    expect(started).toEqual([1, 2, 3]);
  });

  it('throws the first error in order, and the reason of an abort', async () => {
    const fail = async (value: number) => {
      await later(5 - value);
      throw new Error(`no ${value}`);
    };
    await expect(collected(mapInOrder([1, 2, 3], 2, fail))).rejects.toThrow('no 1');
    const aborted = mapInOrder([1], 2, async (value) => value, AbortSignal.abort(new Error('stopped')));
    await expect(aborted.next()).rejects.toThrow('stopped');
  });
});
