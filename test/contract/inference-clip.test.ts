import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceConnection } from '@collage/inference/connection.js';
import { Embedder } from '@collage/inference/embedder.js';
import type { Sidecar } from '@collage/inference/sidecar-process.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeClimbing } from './describe-climbing.js';
import { describeEmbedding } from './describe-embedding.js';
import { describeEvaluation } from './describe-evaluation.js';
import { python, root, sidecarMissing, startRealSidecar } from './real-sidecar.js';

/** A small CLIP of random weights through the real loader: what it sees is nothing, how it is run is all real. */
describe('the real sidecar with CLIP', () => {
  if (sidecarMissing) return it.skip(sidecarMissing, () => {});

  let folder: string;
  let sidecar: Sidecar;
  let connection: InferenceConnection;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'random-clip-'));
    execFileSync(python, ['-m', 'tests.embedding.random_clip', folder], {
      cwd: join(root, 'python-inference'),
      env: { ...process.env, PYTHONPATH: '.:gen' },
      stdio: 'pipe',
    });
    sidecar = await startRealSidecar({ PERCEPTOR: 'clip', CLIP_MODEL: folder, DTYPE: 'float32' });
    connection = new InferenceConnection(sidecar.address);
  });

  afterAll(async () => {
    connection?.close();
    await sidecar?.stop();
    rmSync(folder, { recursive: true });
  });

  it('says that it is CLIP and that its weights are random', async () => {
    const { model, dimensionCount, inputSizePixels } = await new Embedder(connection).describe();
    expect(model).toMatchObject({ name: 'clip', weightsAreRandom: true });
    expect(model?.revision).toMatch(/^random-clip-.*, float32$/);
    expect([dimensionCount, inputSizePixels]).toEqual([64, 64]);
  });

  describeEmbedding(() => connection);
  describeClimbing(() => connection);
  describeEvaluation(() => connection);
});
