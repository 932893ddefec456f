import { describe, expect, it } from 'vitest';
import { titleBatches } from './title-batches.js';

const titles = (count: number, name: string) =>
  Array.from({ length: count }, (_, index) => `File:${name} ${index}.jpg`);

describe('titleBatches', () => {
  it('puts 50 short titles into a request', () => {
    expect(titleBatches(titles(101, 'a')).map(({ length }) => length)).toEqual([50, 50, 1]);
    expect(titleBatches([])).toEqual([]);
  });

  it('puts fewer of long ones, so that no address is longer than Wikimedia takes', () => {
    // 240 bytes of Thai, of which each character takes nine when sent.
    const long = titles(50, 'ก'.repeat(78));
    const batches = titleBatches(long);
    expect(batches.flat()).toEqual(long);
    expect(Math.max(...batches.map(({ length }) => length))).toBe(8);
    for (const batch of batches) {
      const address = new URL('https://commons.wikimedia.org/w/api.php');
      address.searchParams.set('titles', batch.join('|'));
      expect(address.href.length).toBeLessThan(6_100);
    }
  });

  it('gives a title that is longer than that a request of its own', () => {
    expect(titleBatches(['a', 'b'.repeat(7000), 'c'])).toEqual([['a'], ['b'.repeat(7000)], ['c']]);
  });
});
