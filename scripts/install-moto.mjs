/**
 * moto's S3 server, which stands in for an S3 store in tests: in a virtual environment of its own (`.venv-s3`), as its
 * sixty packages have no business among the sidecar's.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf, once, root, runQuietly } from './setup.mjs';

const folder = join(root, '.venv-s3');
const lock = join(root, 'python-inference', 'requirements-s3.lock');

/** Installs it; does nothing when it is there. Rejects where the package index cannot be reached. */
export async function installMoto() {
  const base = process.env.PYTHON || 'python3';
  await once('moto', hashOf(readFileSync(lock), base), 'installing an S3 server for the tests', async () => {
    rmSync(folder, { recursive: true, force: true });
    await runQuietly(base, ['-m', 'venv', folder]);
    const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '-r', lock];
    await runQuietly(join(folder, 'bin', 'python'), pip);
  });
}
