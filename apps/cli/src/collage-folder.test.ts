import { describe, expect, it } from 'vitest';
import { slugOf } from './collage-folder.js';

describe('slugOf', () => {
  it.each([
    ['A cat & an Astronaut!', 'a-cat-an-astronaut'],
    ['  ../../etc/passwd ', 'etc-passwd'],
    ['企鹅从雪山上滑下', '企鹅从雪山上滑下'],
    ['🎷🎷', 'collage'],
    ['', 'collage'],
  ])('makes a folder name of "%s"', (prompt, slug) => expect(slugOf(prompt)).toBe(slug));

  it('is short', () => expect(slugOf('word '.repeat(100)).length).toBeLessThanOrEqual(60));
});
