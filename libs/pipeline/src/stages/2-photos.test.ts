import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Hex } from '@collage/blobs/blob-store.js';
import { InferenceConnection } from '@collage/inference/connection.js';
import { startFakeInferenceServer } from '@collage/inference/testing/fake-inference-server.js';
import type { FoundPhoto, PhotoFinding, PhotoSource } from '@collage/photos/photo-source.js';
import { picture } from '@collage/photos/testing/pictures.js';
import { Keyphrase, type CollageEvent_Skipped } from '@collage/proto/collage/v1/collage.js';
import { Photo } from '@collage/proto/collage/v1/photo.js';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveOptions } from '../resolve-options.js';
import { fakeTools } from '../testing/fake-tools.js';
import { findPhotos } from './2-photos.js';

function found(sourceId: string, bytes: Buffer, author = sourceId, words = ''): FoundPhoto {
  const license = { id: 'CC0-1.0', name: 'CC0 1.0', url: '' };
  const digest = sha256Hex(bytes);
  const photo = Photo.fromPartial({ sourceId, digest, description: words, credit: { license, author } });
  return { kind: 'photo', photo, bytes: async () => bytes };
}

function source(name: string, findings: PhotoFinding[], error?: Error): PhotoSource {
  return {
    name,
    async *find() {
      yield* findings;
      if (error) throw error;
    },
  };
}

describe('findPhotos', () => {
  const folder = mkdtempSync(join(tmpdir(), 'find-photos-'));
  let server: Awaited<ReturnType<typeof startFakeInferenceServer>>;
  let connection: InferenceConnection;
  beforeAll(async () => {
    server = await startFakeInferenceServer();
    connection = new InferenceConnection(server.address);
  });
  afterAll(async () => {
    connection.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function find(...sources: PhotoSource[]) {
    const keyphrases = [Keyphrase.fromPartial({ text: 'stripes', weight: 1 })];
    const skips: CollageEvent_Skipped[] = [];
    const tools = fakeTools(connection, sources, folder);
    const finding = findPhotos({ prompt: 'stripes', keyphrases }, resolveOptions({ seed: 1 }), tools);
    let step = await finding.next();
    while (!step.done) {
      if (step.value.$case === 'skipped') skips.push(step.value.value);
      step = await finding.next();
    }
    return { names: step.value.photos.map(({ sourceId }) => sourceId), photos: step.value.photos, skips };
  }

  it('takes one place of a picture that two sources have, at other sizes: the better ranked one', async () => {
    const original = await picture(1, { width: 800, height: 600 });
    const copy = await sharp(original).resize(500).jpeg({ quality: 70 }).toBuffer();
    const described = found('described', copy, 'Ann', 'stripes');
    const plain = found('plain', original, 'Ann');
    const other = found('other', await picture(2), 'Bob', 'a cat');
    for (const sources of [
      [source('a', [plain, other]), source('b', [described])],
      [source('a', [described]), source('b', [plain, other])],
    ]) {
      const { names, photos, skips } = await find(...sources);
      expect(names).toHaveLength(2);
      expect(names).toContain('other');
      expect(skips).toEqual([expect.objectContaining({ reason: 'NEAR_DUPLICATE' })]);
      const scores = photos.map(({ ranking }) => ranking!.score);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
      // What was left out ranks below what it looks like, whichever source came first.
      expect(skips[0]!.name).toBe(names.includes('plain') ? 'described' : 'plain');
      expect(skips[0]!.detail).toContain(names.find((name) => name !== 'other'));
    }
  });

  it('limits what is looked at of one author', async () => {
    const pictures = await Promise.all(Array.from({ length: 12 }, (_, index) => picture(index + 1)));
    const { names, skips } = await find(
      source(
        'a',
        pictures.map((bytes, index) => found(`a${index}`, bytes, 'Busy Bob')),
      ),
      source('b', [found('b', await picture(99), 'Ann')]),
    );
    expect(names).toHaveLength(11);
    expect(names).toContain('b');
    expect(skips.map(({ reason, name }) => `${reason} ${name}`)).toEqual([
      'AUTHOR_LIMIT a10',
      'AUTHOR_LIMIT a11',
    ]);
  });

  it('goes on with the photos of the others where a source fails, and ends where all do', async () => {
    const failure = Object.assign(new Error('nobody answers'), { reason: 'SOURCE_UNREACHABLE' });
    const broken = source('broken', [], failure);
    const { names, skips } = await find(broken, source('b', [found('b', await picture(5))]));
    expect(names).toEqual(['b']);
    expect(skips).toEqual([{ reason: 'SOURCE_UNREACHABLE', name: 'broken', detail: 'nobody answers' }]);
    await expect(find(broken)).rejects.toMatchObject({ reason: 'ALL_SOURCES_FAILED' });
  });
});
