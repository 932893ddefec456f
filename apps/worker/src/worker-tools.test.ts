import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStores } from '@collage/blobs/open-stores.js';
import { ConfigError, readConfig } from '@collage/config/config.js';
import type { Database } from '@collage/database/database.js';
import { root } from '@collage/database/testing/compile-library.js';
import { binaries, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import { FaultServer } from '@collage/fetch/testing/fault-server.js';
import { content } from '@collage/fetch/testing/faults.js';
import { InferenceConnection } from '@collage/inference/connection.js';
import { Embedder } from '@collage/inference/embedder.js';
import {
  type FakeInferenceServer,
  startFakeInferenceServer,
} from '@collage/inference/testing/fake-inference-server.js';
import { embedTexts } from '@collage/photos/sources/open-images/embed-texts.js';
import { importFile } from '@collage/photos/sources/open-images/import-file.js';
import { imageIdOf, listOfImages } from '@collage/photos/sources/open-images/testing/listed-images.js';
import { collect, queryFor } from '@collage/photos/testing/findings.js';
import { picture } from '@collage/photos/testing/pictures.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { workerTools, type WorkerTools } from './worker-tools.js';

const databases = testDatabases();

describe('the tools of a worker', () => {
  let folder: string;
  let sidecar: FakeInferenceServer;
  const made: WorkerTools[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'worker-tools-'));
    sidecar = await startFakeInferenceServer();
  });
  afterEach(() => made.splice(0).forEach((tools) => tools.close()));
  afterAll(async () => {
    await sidecar.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function toolsOf(env: Record<string, string>, database: Database) {
    const config = readConfig({ INFERENCE_ADDRESSES: sidecar.address, ...env });
    const stores = openStores('', folder);
    const tools = workerTools(
      config,
      root,
      folder,
      stores,
      stores.blobs,
      database,
      () => {},
      () => 0,
    );
    made.push(tools);
    return tools.newTools();
  }
  /** One that must not be connected to. */
  const untouched = {} as Database;

  it('have every source that the settings name, in their order, and the folder', () => {
    const namesOf = (env: Record<string, string>) => toolsOf(env, untouched).sources.map(({ name }) => name);
    expect(namesOf({ PHOTO_SOURCES: 'starter,commons,open-images', PHOTOS_DIR: folder })).toEqual([
      'starter',
      'commons',
      'open-images',
      'folder',
    ]);
    expect(namesOf({ PHOTO_SOURCES: 'open-images' })).toEqual(['open-images']);
    expect(namesOf({ PHOTO_SOURCES: 'none' })).toEqual([]);
  });

  it('need a sidecar', () => {
    expect(() => toolsOf({ INFERENCE_ADDRESSES: '' }, untouched)).toThrow(ConfigError);
  });

  it.skipIf(!binaries)(
    `find what of OpenImages is in the worker’s database (${skipNote})`,
    { timeout: 240_000 },
    async () => {
      const host = await FaultServer.start();
      const connection = new InferenceConnection(sidecar.address);
      try {
        const database = databases.open(await databases.settingsFor());
        const env = { PHOTO_SOURCES: 'open-images', FETCH_ALLOW: host.host };
        const [openImages] = toolsOf(env, database).sources;
        await expect(collect(openImages!.find(queryFor(['penguin'])))).rejects.toMatchObject({
          reason: 'NOTHING_IMPORTED',
        });
        const photo = await picture(1, { width: 800, height: 600 });
        const originalUrl = host.on('/penguin.jpg', content(photo, 'image/jpeg'));
        const list = join(folder, 'images.csv');
        const image = { imageId: imageIdOf(1), title: 'a penguin', originalUrl, originalSize: photo.length };
        await writeFile(list, listOfImages([image]));
        await importFile(database, list);
        await embedTexts(database, async () => new Embedder(connection));
        const { names, skipped } = await collect(openImages!.find(queryFor(['penguin'], 1)));
        expect({ names, skipped }).toEqual({ names: [imageIdOf(1)], skipped: [] });
      } finally {
        connection.close();
        await host.close();
      }
    },
  );
});
