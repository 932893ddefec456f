import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { binaries, killServer, skipNote } from '@collage/database/testing/test-databases.js';
import { postmasterOf } from '@collage/database/stale-lock.js';
import { startFakeInferenceServer } from '@collage/inference/testing/fake-inference-server.js';
import { readEvents } from '../../apps/api/src/testing/read-events.js';
import { paintPhotos } from './painted-photos.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const canRun = binaries !== undefined && existsSync(join(root, 'dist/apps/api/src/main.js'));
const options = {
  heightPixels: 64,
  photoCount: 4,
  cutoutCount: 3,
  layoutCount: 4,
  variationCount: -1,
  backgroundIterationCount: 2,
  iterationCount: 5,
};

/** A file, or nothing where it is gone. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

describe.skipIf(!canRun)(`npm start (${skipNote})`, { timeout: 240_000 }, () => {
  let sidecar: Awaited<ReturnType<typeof startFakeInferenceServer>>;
  let photos: string;
  let data: string;
  const launchers: ChildProcess[] = [];

  beforeAll(async () => {
    sidecar = await startFakeInferenceServer();
    photos = await mkdtemp(join(tmpdir(), 'start-photos-'));
    data = await mkdtemp(join(tmpdir(), 'start-data-'));
    await paintPhotos(photos, 4);
  });
  afterEach(() => {
    for (const launcher of launchers.splice(0)) launcher.kill('SIGKILL');
  });
  afterAll(async () => {
    sidecar.stop();
    await killServer(join(data, 'postgres', 'data'));
    for (const folder of [photos, data]) await rm(folder, { recursive: true, force: true });
  });

  /** Starts the launcher; `address` resolves when it says where it is. */
  function launch(env: Record<string, string> = {}) {
    const launcher = spawn(process.execPath, [join(root, 'scripts/start.mjs')], {
      env: {
        ...process.env,
        DATA_DIR: data,
        INFERENCE_ADDRESSES: sidecar.address,
        PHOTO_SOURCES: 'none',
        PHOTOS_DIR: photos,
        PORT: '0',
        DATABASE_URL: '',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    launchers.push(launcher);
    let text = '';
    const exited = new Promise<number | null>((resolve) => launcher.once('close', resolve));
    const address = new Promise<string>((resolve, reject) => {
      const hear = (chunk: Buffer) => {
        text += chunk;
        const [, found] = /^start: ready: (\S+) /m.exec(text) ?? [];
        if (found) resolve(found);
      };
      launcher.stdout.on('data', hear);
      launcher.stderr.on('data', hear);
      void exited.then((code) => reject(new Error(`npm start ended with ${code}:\n${text}`)));
    });
    address.catch(() => {});
    return { launcher, exited, address, text: () => text };
  }

  /** Starts the service; resolves when it says where it is. */
  async function start() {
    const launched = launch();
    return { ...launched, address: await launched.address };
  }

  /** Process ids of our programs that work in this test's folder. */
  function programs(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((id) => /dist\/apps\/(worker|api)\//.test(read(`/proc/${id}/cmdline`)))
      .filter((id) => read(`/proc/${id}/environ`).includes(`DATA_DIR=${data}\0`))
      .map(Number);
  }

  async function makeOne(address: string) {
    const created = await fetch(`${address}/v1/collages`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ prompt: 'a red disk and a blue disk', options }),
    });
    expect(created.status).toBe(202);
    const path = `${address}${created.headers.get('Location')}`;
    const { events, ended } = await readEvents(`${path}/events`);
    expect(ended).toBe(true);
    expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
    expect(events[0]!.data).toEqual({ sequence: 1, queued: {} });
    expect(events.at(-1)!.data.succeeded.collage.state).toBe('STATE_SUCCEEDED');
    return path;
  }

  it('makes collages; Ctrl-C ends everything, the database too', async () => {
    const { launcher, exited, address, text } = await start();
    const path = await makeOne(address);
    for (const [query, width, height] of [
      ['', 96, 64],
      ['?height=128', 192, 128],
    ] as const) {
      const picture = await fetch(`${path}/image${query}`);
      const bytes = Buffer.from(await picture.arrayBuffer());
      expect(await sharp(bytes).metadata()).toMatchObject({ width, height, format: 'png' });
    }
    const models = (await (await fetch(`${address}/health/models`)).json()) as { perceptor: object };
    expect(models.perceptor).toHaveProperty('name');
    expect(programs()).toHaveLength(2);
    launcher.kill('SIGINT');
    expect(await exited).toBe(0);
    expect(programs()).toEqual([]);
    expect(await postmasterOf(join(data, 'postgres', 'data'))).toBeUndefined();
    expect(text()).toMatch(/the API has ended\n[^]*the worker has ended/);
  });

  it('starts a program again that was killed, and goes on after it was killed itself', async () => {
    const first = await start();
    await makeOne(first.address);
    for (const processId of programs()) process.kill(processId, 'SIGKILL');
    const addresses = () =>
      [...first.text().matchAll(/^start: ready: (\S+) /gm)].map(([, address]) => address!);
    while (addresses().length < 2) await sleep(100);
    await makeOne(addresses()[1]!);

    first.launcher.kill('SIGKILL');
    for (let waited = 0; programs().length > 0; waited += 100) {
      expect(waited).toBeLessThan(30_000);
      await sleep(100);
    }
    const second = await start();
    await makeOne(second.address);
    second.launcher.kill('SIGINT');
    expect(await second.exited).toBe(0);
    expect(programs()).toEqual([]);
  });

  it('ends on Ctrl-C while a program comes up', async () => {
    // A database that is connected to and says nothing: the worker waits for it.
    const silent = createServer();
    const connected = once(silent, 'connection');
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const { launcher, exited, text } = launch({ DATABASE_URL: `postgresql://a@127.0.0.1:${port}/a` });
    const [socket] = (await connected) as [Socket];
    launcher.kill('SIGINT');
    expect(await exited, text()).toBe(0);
    expect(programs()).toEqual([]);
    expect(text()).not.toContain('it did not start');
    socket.destroy();
    silent.close();
  });
});
