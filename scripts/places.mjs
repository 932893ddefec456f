import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The clone. */
export const root = fileURLToPath(new URL('..', import.meta.url));
/** The interpreter of the virtual environment. */
export const python = join(root, '.venv', 'bin', 'python');

// Before anything reads a setting; what the environment names already wins.
if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'));
