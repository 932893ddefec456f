import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The clone this program runs from, as source or compiled: the nearest folder above with python-inference in it. */
export function findRoot(file: string): string {
  const folder = dirname(file);
  return existsSync(join(folder, 'python-inference')) || folder === file ? folder : findRoot(folder);
}
