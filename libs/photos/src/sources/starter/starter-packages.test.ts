import { describe, expect, it } from 'vitest';
import { licenseVerdict } from '@collage/licensing/compatibility.js';
import { parseLicense } from '@collage/licensing/license.js';
import { STARTER_PACKAGES } from './starter-packages.js';

const photos = STARTER_PACKAGES.flatMap((starter) =>
  starter.sets.flatMap((set) =>
    set.photos.map((photo) => ({ ...photo, set, id: `${starter.name}/${set.name}-${photo.file}` })),
  ),
);

describe('STARTER_PACKAGES', () => {
  it('has as many photos as promised', () => {
    const wheels = STARTER_PACKAGES.filter(({ kind }) => kind === 'wheel');
    const count = (starters: typeof wheels) =>
      starters.flatMap(({ sets }) => sets).reduce((sum, set) => sum + set.photos.length, 0);
    expect(count(wheels)).toBeGreaterThanOrEqual(10);
    expect(count([...STARTER_PACKAGES])).toBeGreaterThanOrEqual(80);
  });

  it('has a credit and words for every photo, under a license that allows collages', () => {
    for (const photo of photos) {
      const { title, author, description, categories, license } = photo;
      expect(
        [title, author, description, categories].every((text) => text.trim() !== ''),
        photo.id,
      ).toBe(true);
      expect(new URL(photo.sourceUrl).protocol).toMatch(/^https?:$/);
      expect(photo.sha256, photo.id).toMatch(/^[0-9a-f]{64}$/);
      const verdict = licenseVerdict(parseLicense(license), { noncommercialAllowed: false });
      expect(verdict, photo.id).toEqual({ usable: true });
    }
  });

  it('names every photo once, within its package', () => {
    expect(new Set(photos.map(({ id }) => id)).size).toBe(photos.length);
    expect(new Set(photos.map(({ sha256 }) => sha256)).size).toBe(photos.length);
    for (const { file, set } of photos) {
      expect(`${set.folder}/${file}/${set.container ?? ''}`).not.toMatch(/(^|\/)\.\.?(\/|$)|^\//);
    }
  });

  it('pins the version of every wheel', () => {
    for (const { kind, version } of STARTER_PACKAGES) {
      expect(version !== undefined).toBe(kind === 'wheel');
    }
  });
});
