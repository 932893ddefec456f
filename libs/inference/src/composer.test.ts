import {
  OptimizeOptions,
  type OptimizeStart,
  Parameter,
} from '@collage/proto/collage/v1/composition_service.js';
import type { Scene } from '@collage/proto/collage/v1/scene.js';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Composer } from './composer.js';
import { InferenceConnection } from './connection.js';
import { type FakeInferenceServer, startFakeInferenceServer } from './testing/fake-inference-server.js';

const digests = ['a', 'b'].map((letter) => letter.repeat(64));

const scene: Scene = {
  aspectRatio: 2,
  background: { angleDegrees: 0, stops: [{ offset: 0, color: { red: 1, green: 1, blue: 1 } }] },
  layers: digests.map((cutoutDigest, index) => ({
    cutoutDigest,
    placement: { centerX: 0.5 + index, centerY: 0.5, height: 0.5, rotationDegrees: 0 },
    opacity: 1,
    tint: undefined,
    flipped: false,
  })),
};

const start: OptimizeStart = {
  objective: { prompt: 'two squares', keyphrases: [], negatives: [] },
  scene,
  parameters: [Parameter.POSITION],
  options: OptimizeOptions.fromPartial({ stepCount: 10_000 }),
  checkpoint: undefined,
  backgroundAnchor: undefined,
  steers: [],
};

describe('Composer', () => {
  let server: FakeInferenceServer;
  let connection: InferenceConnection;
  let composer: Composer;
  let picture: Buffer;
  const loaded: string[] = [];

  beforeAll(async () => {
    server = await startFakeInferenceServer();
    connection = new InferenceConnection(server.address);
    composer = new Composer(connection, async (digest) => {
      loaded.push(digest);
      return { picture };
    });
    picture = await sharp({ create: { width: 8, height: 8, channels: 4, background: 'red' } })
      .png()
      .toBuffer();
  });

  beforeEach(() => {
    server.forgetCutouts();
    loaded.length = 0;
  });

  afterAll(() => {
    connection.close();
    server.stop();
  });

  it('puts cut-outs that a restarted sidecar has forgotten, whatever the call', async () => {
    await composer.renderScene(scene, 20);
    server.forgetCutouts();
    for await (const _ of composer.scoreScenes(start.objective!, [scene], { viewCount: 1, seed: 0 }));
    server.forgetCutouts();
    for await (const _ of composer.optimizeScene(start)) break;
    server.forgetCutouts();
    await composer.evaluateScene(start.objective!, scene, 0);
    expect(loaded).toEqual([...digests, ...digests, ...digests, ...digests]);
  });

  it('tries again once, not for ever', async () => {
    // A cache so small that it has dropped the first cut-out when the second one comes.
    const evicting = new Composer(connection, async (digest) => {
      loaded.push(digest);
      if (digest === digests[1]) {
        await sleep(50); // until the first one has arrived
        server.forgetCutouts();
      }
      return { picture };
    });
    await expect(evicting.renderScene(scene, 20)).rejects.toMatchObject({ reason: 'UNKNOWN_CUTOUT' });
    expect(loaded).toEqual(digests);
  });

  it('passes on what goes wrong while a cut-out is loaded', async () => {
    const broken = new Composer(connection, () => Promise.reject(new Error('the disk is gone')));
    await expect(broken.renderScene(scene, 20)).rejects.toThrow('the disk is gone');
  });

  it('tells scores a few at a time, with their place among all scenes', async () => {
    const scenes = Array.from({ length: 20 }, () => scene);
    const indexes: number[] = [];
    const look = { viewCount: 1, seed: 0 };
    for await (const { index } of composer.scoreScenes(start.objective!, scenes, look)) indexes.push(index);
    expect(indexes).toEqual(scenes.map((_, index) => index));
  });

  it('takes a steer given before the climb began', async () => {
    const climb = composer.optimizeScene(start);
    climb.steer({ $case: 'stop', value: {} });
    for await (const _ of climb);
    expect(climb.result.stepCount).toBeLessThan(10_000);
  });

  it('puts the cut-out of a layer that is added, first while it climbs and first where it is recorded', async () => {
    const layer = { ...scene.layers[0]!, cutoutDigest: 'c'.repeat(64) };
    const climb = composer.optimizeScene(start);
    let indices: number[] = [];
    for await (const { step, layerIndices } of climb) {
      if (step === 1) climb.steer({ $case: 'add', value: { layer } });
      if (layerIndices.length === 3) climb.steer({ $case: 'stop', value: {} });
      indices = layerIndices;
    }
    expect(indices).toEqual([0, 1, 2]);
    expect(loaded).toEqual([...digests, layer.cutoutDigest]);
    server.forgetCutouts();
    const again = composer.optimizeScene({ ...start, steers: climb.result.steers });
    for await (const { refusedSteers } of again) expect(refusedSteers).toEqual([]);
    expect(again.result).toEqual(climb.result);
  });

  it('schedules a steer for a step to come', async () => {
    const slow = await startFakeInferenceServer({ stepMilliseconds: 5 });
    const connected = new InferenceConnection(slow.address);
    const climb = new Composer(connected, async () => ({ picture })).optimizeScene(start);
    const shown: number[] = [];
    for await (const { step, layerIndices } of climb) {
      if (step === 1) climb.steer({ $case: 'hide', value: { layerIndex: 0 } }, 60);
      if (step === 1) climb.steer({ $case: 'stop', value: {} }, 62);
      shown.push(layerIndices.length);
    }
    expect(shown).toEqual([...Array(60).fill(2), 1, 1]);
    connected.close();
    slow.stop();
  });

  it('has no result before all steps were seen', async () => {
    const climb = composer.optimizeScene(start);
    expect(() => climb.result).toThrow('only after all its steps');
    for await (const _ of climb) break;
    expect(() => climb.result).toThrow('only after all its steps');
  });
});
