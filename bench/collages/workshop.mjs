import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
/** Everything the benches keep; git ignores it, and all of it can be made again. */
export const benchData = join(root, 'data', 'bench');
/** A compiled file of libs/, as the product runs it. */
export const library = (path) => import(join(root, 'dist', 'libs', path));
export const defaultCorpus = join(root, '..', 'shared', 'corpus', 'photos');

/** Ends the bench, saying so, where there are no photos to make collages of. */
export function skipWithoutCorpus(corpus) {
  if (existsSync(join(corpus, 'manifest.jsonl'))) return;
  console.log(`skipped: no manifest.jsonl in ${corpus}`);
  process.exit(0);
}

/**
 * What the pipeline works with, as the command line hands it over: photos of one folder, stores below `data`, and a
 * sidecar of one thread, so that its processor time is that of the work and not of waiting.
 *
 * @returns the CollageTools, the sidecar's process id, and what ends it
 */
export async function openWorkshop(photosFolder, data = benchData) {
  const { startSidecar } = await library('inference/src/sidecar-process.js');
  const { InferenceConnection } = await library('inference/src/connection.js');
  const { oneSidecar } = await library('inference/src/one-sidecar.js');
  const { openStores } = await library('blobs/src/open-stores.js');
  const { folderSource } = await library('photos/src/sources/folder.js');
  const sidecar = await startSidecar({
    python: join(root, '.venv', 'bin', 'python'),
    folder: join(root, 'python-inference'),
    env: { ...process.env, OMP_WAIT_POLICY: 'PASSIVE', OMP_NUM_THREADS: '1', THREADS: '1' },
  });
  const connection = new InferenceConnection(sidecar.address, { sidecar });
  const inference = oneSidecar(connection);
  await connection.waitUntilReady(10_000);
  const { blobs, derived } = openStores('', data);
  const tools = {
    sources: [folderSource(photosFolder)],
    blobs,
    derived,
    inference: async () => inference,
    now: () => performance.now() / 1000,
  };
  async function close() {
    connection.close();
    await sidecar.stop();
  }
  return { tools, sidecarId: sidecar.processId, close };
}
