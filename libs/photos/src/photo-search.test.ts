import { Photo } from '@collage/proto/collage/v1/photo.js';
import { describe, expect, it } from 'vitest';
import { searchPhotos } from './photo-search.js';
import { skipped, type FoundPhoto, type PhotoFinding, type PhotoSource } from './photo-source.js';
import { collect, queryFor } from './testing/findings.js';

const CC0 = { id: 'CC0-1.0', name: 'CC0 1.0', url: '' };

function photo(sourceId: string, digest = sourceId, license = CC0): FoundPhoto {
  return {
    kind: 'photo',
    photo: Photo.fromPartial({ sourceId, digest, credit: { license } }),
    bytes: async () => Buffer.from(sourceId),
  };
}

function source(name: string, findings: PhotoFinding[], delayMs = 0): PhotoSource {
  return {
    name,
    async *find() {
      for (const finding of findings) {
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        yield finding;
      }
    },
  };
}

describe('searchPhotos', () => {
  it('lets sources take turns, in their order, whichever is quicker', async () => {
    const [a, b] = [[photo('a1'), photo('a2'), photo('a3')], [photo('b1')]];
    for (const [first, second] of [
      [0, 5],
      [5, 0],
    ]) {
      const sources = [source('a', a, first), source('b', b, second)];
      expect((await collect(searchPhotos(sources, queryFor()))).names).toEqual(['a1', 'b1', 'a2', 'a3']);
    }
  });

  it('asks sources at the same time', async () => {
    const slow = (name: string) => source(name, [photo(name)], 100);
    const start = performance.now();
    await collect(searchPhotos([slow('a'), slow('b'), slow('c')], queryFor()));
    expect(performance.now() - start).toBeLessThan(250);
  });

  it('gives exact copies once and says which they are copies of', async () => {
    const sources = [source('a', [photo('a1', 'same')]), source('b', [photo('b1', 'same'), photo('b2')])];
    const { names, skipped: left } = await collect(searchPhotos(sources, queryFor()));
    expect(names).toEqual(['a1', 'b2']);
    expect(left).toEqual([skipped('DUPLICATE', 'b1', 'it is the same as a1')]);
  });

  it('skips photos whose license is not usable, whatever their source thought of it', async () => {
    const noDerivatives = { id: 'CC-BY-ND-4.0', name: 'CC BY-ND 4.0', url: '' };
    const unruly = source('a', [
      photo('nd', 'nd', noDerivatives),
      { ...photo('none'), photo: Photo.fromPartial({ sourceId: 'none', digest: 'none' }) },
      photo('ok'),
    ]);
    const { names, reasons } = await collect(searchPhotos([unruly], queryFor()));
    expect(names).toEqual(['ok']);
    expect(reasons).toEqual(['LICENSE_ND nd', 'NO_LICENSE none']);
  });

  it('asks web sources for as many as are wanted, and hand-picked ones for three times as many', async () => {
    const limits: Record<string, number> = {};
    const asked = (name: string, isHandPicked: boolean): PhotoSource => ({
      name,
      isHandPicked,
      // eslint-disable-next-line require-yield
      async *find({ limit }) {
        limits[name] = limit;
      },
    });
    await collect(searchPhotos([asked('web', false), asked('own', true)], queryFor([], 5)));
    expect(limits).toEqual({ web: 5, own: 15 });
  });

  it('gives more than the limit to choose from, three times as many over all sources, and counts the rest', async () => {
    const found = (name: string) => [1, 2, 3].map((index) => photo(`${name}${index}`));
    const sources = ['a', 'b', 'c'].map((name) => source(name, found(name)));
    const { names, reasons } = await collect(searchPhotos(sources, queryFor([], 2)));
    expect(names).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'c2']);
    expect(reasons).toEqual(['OVER_LIMIT a3', 'OVER_LIMIT b3', 'OVER_LIMIT c3']);
  });

  it('passes progress on before everything else', async () => {
    const progress = { kind: 'progress' as const, done: 1, total: 2, unit: 'packages' };
    const sources = [source('a', [photo('a1'), progress]), source('b', [skipped('X', 'b', '')])];
    const { all } = await collect(searchPhotos(sources, queryFor()));
    expect(all.map(({ kind }) => kind)).toEqual(['progress', 'skipped', 'photo']);
  });

  it('throws what a source throws, and tells the others to stop', async () => {
    let stopped = false;
    const patient: PhotoSource = {
      name: 'patient',
      async *find(_, signal) {
        try {
          yield { kind: 'progress', done: 0, total: 1, unit: '' };
          await new Promise((_resolve, reject) => {
            signal?.addEventListener('abort', () => reject(new Error('aborted')));
          });
        } finally {
          stopped = true;
        }
      },
    };
    const broken: PhotoSource = {
      name: 'broken',
      // eslint-disable-next-line require-yield
      async *find() {
        throw new Error('no such folder');
      },
    };
    await expect(collect(searchPhotos([patient, broken], queryFor()))).rejects.toThrow('no such folder');
    expect(stopped).toBe(true);
  });

  it('ends its sources when nobody listens any more', async () => {
    let ended = false;
    const endless: PhotoSource = {
      name: 'endless',
      async *find() {
        try {
          for (let done = 0; ; done++) {
            await new Promise((resolve) => setTimeout(resolve, 1));
            yield { kind: 'progress', done, total: 0, unit: '' };
          }
        } finally {
          ended = true;
        }
      },
    };
    for await (const finding of searchPhotos([endless], queryFor())) {
      if (finding.kind === 'progress' && finding.done === 3) {
        break;
      }
    }
    expect(ended).toBe(true);
  });

  it('finds nothing without sources', async () => {
    expect((await collect(searchPhotos([], queryFor()))).all).toEqual([]);
  });
});
