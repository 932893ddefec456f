import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Database } from '@collage/database/database.js';
import { testDatabases } from '@collage/database/testing/test-databases.js';
import type { Fetcher } from '@collage/fetch/fetcher.js';
import { FaultServer, type Reply } from '@collage/fetch/testing/fault-server.js';
import { content } from '@collage/fetch/testing/faults.js';
import { testFetcher, type TestFetcher } from '@collage/fetch/testing/test-fetcher.js';
import { InferenceConnection } from '@collage/inference/connection.js';
import { Embedder } from '@collage/inference/embedder.js';
import {
  type FakeInferenceServer,
  startFakeInferenceServer,
} from '@collage/inference/testing/fake-inference-server.js';
import type { PhotoSource } from '../../../photo-source.js';
import { preparePhoto } from '../../../prepare-photo.js';
import { picture } from '../../../testing/pictures.js';
import { embedTexts, type TextEmbedder } from '../embed-texts.js';
import { importFile } from '../import-file.js';
import { openImagesSource } from '../open-images-source.js';
import { imageIdOf, type ListedImage, listOfImages } from './listed-images.js';

/** What tests of OpenImages' photos begin with: all of it on loopback, there from the first test to the last. */
export interface OpenImagesSetup {
  /** For files to be imported. */
  readonly folder: string;
  /** Has the photos that a test puts on it. */
  readonly hosts: FaultServer;
  /** Of each test its own, with nothing cached. */
  readonly fetcher: Fetcher;
  /** Another one with the same cache, as a second run would have. */
  fetcherAgain: TestFetcher['again'];
  readonly embedder: Embedder;
  newDatabase(): Promise<Database>;
  /** A database with these images imported, labeled so, and their texts embedded. */
  databaseWith(images: readonly ListedImage[], labels?: [name: string, image: number][]): Promise<Database>;
  sourceOf(database: Database, texts?: TextEmbedder): PhotoSource;
  /** Puts a photo on the host: its address there and its size in bytes. */
  hosted(name: string, bytes: Buffer): Promise<{ originalUrl: string; originalSize: number }>;
  /** How often each of these paths was downloaded. */
  downloads(...paths: string[]): number[];
}

/** A photo of 800 x 600 pixels, large enough for every use. */
export const large = (seed: number): Promise<Buffer> => picture(seed, { width: 800, height: 600 });

/** As photos' hosts answer: they say how large it is. */
export const photoOf = (bytes: Buffer): Reply =>
  content(bytes, 'image/jpeg', { 'content-length': String(bytes.length) });

/** Call it once in a test file: it starts and ends with the file's tests. */
export function openImagesSetup(): OpenImagesSetup {
  const databases = testDatabases();
  let folder: string;
  let hosts: FaultServer;
  let sidecar: FakeInferenceServer;
  let connection: InferenceConnection;
  let embedder: Embedder;
  let test: TestFetcher;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'open-images-'));
    hosts = await FaultServer.start();
    sidecar = await startFakeInferenceServer();
    connection = new InferenceConnection(sidecar.address);
    embedder = new Embedder(connection);
  });
  afterAll(async () => {
    connection.close();
    sidecar.stop();
    await hosts.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    test = await testFetcher({ allow: [hosts.host], preparePhoto });
  });
  afterEach(() => test.remove());

  const newDatabase = async () => databases.open(await databases.settingsFor());
  return {
    get folder() {
      return folder;
    },
    get hosts() {
      return hosts;
    },
    get fetcher() {
      return test.fetcher;
    },
    fetcherAgain: (options) => test.again(options),
    get embedder() {
      return embedder;
    },
    newDatabase,
    async databaseWith(images, labels = []) {
      const database = await newDatabase();
      const take = async (name: string, text: string) => {
        await writeFile(join(folder, name), text);
        await importFile(database, join(folder, name));
      };
      await take('images.csv', listOfImages(images));
      if (labels.length > 0) {
        const { classes, labeled } = labelFiles(labels);
        await take('classes.csv', classes);
        await take('labels.csv', labeled);
      }
      await embedTexts(database, async () => embedder);
      return database;
    },
    sourceOf: (database, texts = embedder) =>
      openImagesSource({ database, fetcher: test.fetcher, embedder: async () => texts }),
    hosted: async (name, bytes) => ({
      originalUrl: hosts.on(`/${name}`, photoOf(bytes)),
      originalSize: bytes.length,
    }),
    downloads: (...paths) =>
      paths.map(
        (wanted) => hosts.requests.filter(({ path, method }) => path === wanted && method === 'GET').length,
      ),
  };
}

/** OpenImages' files of classes and of labels, as CSV. */
function labelFiles(labels: [name: string, image: number][]): { classes: string; labeled: string } {
  const names = [...new Set(labels.map(([name]) => name))];
  const classOf = (name: string): string => `/m/0${names.indexOf(name)}`;
  const rows = labels.map(([name, image]) => `${imageIdOf(image)},verification,${classOf(name)},1`);
  return {
    classes: ['LabelName,DisplayName', ...names.map((name) => `${classOf(name)},${name}`)].join('\n'),
    labeled: ['ImageID,Source,LabelName,Confidence', ...rows].join('\n'),
  };
}
