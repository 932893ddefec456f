import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../collages/workshop.mjs';

/**
 * Starts the pipeline alone (bare-pipeline.mjs) as a process.
 *
 * @param env what a worker is told: DATA_DIR, PHOTOS_DIR, INFERENCE_ADDRESSES, …
 * @returns its process id; `make`, which resolves to the SHA-256 of a collage's picture; `stop`
 */
export async function startBarePipeline(env) {
  const child = spawn(process.execPath, [join(root, 'bench', 'service', 'bare-pipeline.mjs')], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('The bare pipeline ended before it answered.');
    return JSON.parse(value);
  };
  await answer();
  return {
    processId: child.pid,
    async make(ask) {
      child.stdin.write(`${JSON.stringify(ask)}\n`);
      return (await answer()).pictureDigest;
    },
    async stop() {
      if (child.exitCode !== null) return;
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}
