import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

interface FetchClip {
  fetchClip(options: {
    env: Record<string, string | undefined>;
    now: number;
    marker: string;
    tell(text: string): void;
    run?(seconds: number): Promise<number>;
  }): Promise<void>;
}
const script = new URL('../../scripts/fetch-clip.mjs', import.meta.url);
const { fetchClip } = (await import(script.href)) as FetchClip;
const canRun = existsSync(fileURLToPath(new URL('../../.venv/bin/python', import.meta.url)));
const hour = 60 * 60 * 1000;

describe('fetchClip', () => {
  let folder: string;
  let told: string[];
  let seconds: number[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fetch-clip-'));
    told = [];
    seconds = [];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function start(code: number, env: Record<string, string> = {}, now = 0): Promise<void> {
    return fetchClip({
      env: { MODELS_DIR: folder, ...env },
      now,
      marker: join(folder, 'marker.json'),
      tell: (text) => told.push(text),
      run: async (limit) => {
        seconds.push(limit);
        return code;
      },
    });
  }

  it('tries once a day, says that it does, and goes on with the starter models', async () => {
    await start(3);
    expect(told.join('\n')).toMatch(/asking the model hub.*\n.*going on with the starter models.*get clip/);
    told = [];
    await start(3, {}, 23 * hour);
    expect([seconds, told]).toEqual([[600], []]);
    await start(3, {}, 25 * hour);
    expect(seconds).toEqual([600, 600]);
  });

  it('tries again at once where another hub or model is named', async () => {
    await start(3);
    await start(3, { HF_ENDPOINT: 'http://127.0.0.1:9' });
    await start(3, { HF_ENDPOINT: 'http://127.0.0.1:9', CLIP_MODEL: 'some/clip' });
    expect(seconds).toHaveLength(3);
  });

  it('says nothing of starter models where it succeeds', async () => {
    await start(0);
    expect(told).toHaveLength(1);
  });

  it.each([
    ['it is turned off', { MODEL_FETCH_SECONDS: '0' }],
    ['another perceptor is asked for', { PERCEPTOR: 'starter' }],
    ['the sidecar runs elsewhere', { INFERENCE_ADDRESSES: '127.0.0.1:50051' }],
    ['CLIP_MODEL names a file', { CLIP_MODEL: '/somewhere/clip.safetensors' }],
  ])('does not try where %s', async (_, env) => {
    await start(0, env);
    expect([seconds, told]).toEqual([[], []]);
  });

  it('does not try where CLIP is there', async () => {
    mkdirSync(join(folder, 'openai', 'clip-vit-base-patch32'), { recursive: true });
    writeFileSync(join(folder, 'openai', 'clip-vit-base-patch32', 'config.json'), '{}');
    await start(0);
    expect(seconds).toEqual([]);
  });

  it('takes the time limit given, and names one that is none', async () => {
    await start(0, { MODEL_FETCH_SECONDS: '20' });
    expect(seconds).toEqual([20]);
    await start(0, { MODEL_FETCH_SECONDS: 'soon' });
    expect(told.at(-1)).toBe('Expected seconds, 0 or more, for MODEL_FETCH_SECONDS but received "soon"');
  });

  it.skipIf(!canRun)('does not keep set-up from getting ready', () => {
    const setup = fileURLToPath(new URL('../../scripts/setup.mjs', import.meta.url));
    const env = { ...process.env, MODEL_FETCH_SECONDS: '0' };
    const { status, stderr } = spawnSync(process.execPath, [setup], { env, encoding: 'utf8' });
    expect(stderr).toContain('setup: ready');
    expect(status).toBe(0);
  });

  it.skipIf(!canRun)(
    'goes on within seconds from a hub that takes connections and never answers',
    async () => {
      const silent = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => silent.once('listening', resolve));
      const { port } = silent.address() as { port: number };
      const began = performance.now();
      await fetchClip({
        env: {
          ...process.env,
          MODELS_DIR: folder,
          HF_HOME: folder,
          HF_ENDPOINT: `http://127.0.0.1:${port}`,
          MODEL_FETCH_SECONDS: '600',
          PERCEPTOR: 'auto',
        },
        now: 0,
        marker: join(folder, 'marker.json'),
        tell: (text) => told.push(text),
      });
      silent.close();
      expect(told.at(-1)).toContain('going on with the starter models');
      // 3 s for the probe; the rest is a busy machine starting Python.
      expect(performance.now() - began).toBeLessThan(30_000);
      expect(existsSync(join(folder, 'openai'))).toBe(false);
    },
  );
});
