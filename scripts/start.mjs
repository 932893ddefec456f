#!/usr/bin/env node
/**
 * `npm start`: the whole service on this machine. Sets up what is missing, starts the sidecar (unless INFERENCE_ADDRESSES
 * names one), a worker and the API, restarts what ends, and prints the address. The database is started by whoever first
 * needs it, or is there still from an earlier start that crashed (libs/database). Ctrl-C ends all of it in order; should
 * this process be killed, the others end by themselves.
 */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fetchClip } from './fetch-clip.mjs';
import { startNodeProgram } from './node-program.mjs';
import { python, root } from './places.mjs';
import { buildCli, checkNode, setUpNode, setUpPython } from './setup.mjs';
import { supervise } from './supervised.mjs';

const stopping = new AbortController();
const say = (text) => process.stderr.write(`start: ${text}\n`);
// From here on, and while it is set up: what was begun is ended in order.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (stopping.signal.aborted) return;
    say(`${signal}: ending`);
    stopping.abort();
  });
}

try {
  checkNode();
  await setUpNode();
  await buildCli();
  // A database server of one's own and a sidecar elsewhere need no Python here.
  if (!process.env.INFERENCE_ADDRESSES || !process.env.DATABASE_URL) await setUpPython();
  await fetchClip();
  await run();
} catch (error) {
  // Ended while it came up: that is no failure.
  if (error !== stopping.signal.reason) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

async function run() {
  const running = [];
  const begin = async (name, start) => {
    stopping.signal.throwIfAborted();
    // Each has a signal of its own: they are ended one after the other.
    const end = new AbortController();
    // But one that is not up yet at once: nobody needs it.
    const endNow = () => end.abort(stopping.signal.reason);
    stopping.signal.addEventListener('abort', endNow);
    const { ended } = await supervise(name, start, { tell: say, signal: end.signal });
    stopping.signal.removeEventListener('abort', endNow);
    running.push({ name, end, ended });
  };
  try {
    const inference = process.env.INFERENCE_ADDRESSES || (await beginSidecar(begin));
    const env = { ...process.env, INFERENCE_ADDRESSES: inference };
    const onLine = (line) => process.stdout.write(`${line}\n`);
    const program = (app, ready, onReady) => async (signal) => {
      const started = await startNodeProgram(join(root, `dist/apps/${app}/src/main.js`), {
        env,
        ready,
        onLine,
        signal,
      });
      onReady?.(started.ready);
      return started;
    };
    await begin('the worker', program('worker', /"message":"the worker is ready"/));
    const tellAddress = ([, address]) => say(`ready: ${address} (Ctrl-C ends it)`);
    await begin('the API', program('api', /"message":"listening on ([^"]+)"/, tellAddress));
    await new Promise((resolve) => {
      if (stopping.signal.aborted) resolve();
      stopping.signal.addEventListener('abort', resolve);
    });
  } finally {
    // The API first, so that nobody asks for what is going; the sidecar last, as the worker needs it.
    for (const { name, end, ended } of running.reverse()) {
      end.abort();
      await ended;
      say(`${name} has ended`);
    }
  }
}

/** Starts the sidecar; where it ends it comes back under the same address. */
async function beginSidecar(begin) {
  const { startSidecar } = await import('../dist/libs/inference/src/sidecar-process.js');
  const port = await freePort();
  say('starting the sidecar: its models load, which may take a minute');
  const { THREADS, OMP_WAIT_POLICY = 'PASSIVE' } = process.env;
  await begin('the sidecar', (signal) =>
    startSidecar(
      {
        python,
        folder: join(root, 'python-inference'),
        env: { ...process.env, OMP_WAIT_POLICY, THREADS },
        port,
        onLog: (line) => process.stdout.write(`${line}\n`),
      },
      signal,
    ).then(({ exited, stop }) => ({ exited: exited.then(({ description }) => description), stop })),
  );
  return `127.0.0.1:${port}`;
}

/** A port of loopback that nobody listens on now. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
