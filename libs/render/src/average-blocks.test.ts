import { describe, expect, it } from 'vitest';
import { averageBlocks } from './average-blocks.js';

describe('averageBlocks', () => {
  it('averages whole blocks, what is missing right and below being transparent', () => {
    // 3 x 1 opaque white pixels: the first block of 2 x 2 has two of four, the second one of four.
    const cutout = { data: new Uint16Array(12).fill(65025), width: 3, height: 1 };
    const { data, width, height } = averageBlocks(cutout, 1);
    expect([width, height]).toEqual([2, 1]);
    expect([...data]).toEqual([...Array(4).fill(32513), ...Array(4).fill(16256)]);
  });

  it('averages 4 x 4 pixels at level 2', () => {
    const data = new Uint16Array(4 * 4 * 4);
    for (let pixel = 0; pixel < 16; pixel++) data[pixel * 4 + 3] = pixel * 100;
    expect(averageBlocks({ data, width: 4, height: 4 }, 2).data[3]).toBe(750);
  });

  it('leaves level 0 alone', () => {
    const cutout = { data: new Uint16Array(4), width: 1, height: 1 };
    expect(averageBlocks(cutout, 0)).toBe(cutout);
  });
});
