import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../contract/real-sidecar.js';

const folder = join(root, '.cache', 'faketime');

/** libfaketime as `scripts/install-faketime.mjs` unpacked it; undefined where it could not be had. */
export const faketimeLibrary: string | undefined = existsSync(folder)
  ? readdirSync(folder, { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('/libfaketime.so.1'))
      .map((name) => join(folder, name))[0]
  : undefined;
