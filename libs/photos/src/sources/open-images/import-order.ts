import { type FileContents, fileContents } from './file-contents.js';
import { findFile } from './metadata-file.js';

/**
 * What has to be there before: labels and narratives tell of images, labels name classes, and people's labels take back
 * those of machines.
 */
const ORDER: readonly FileContents['kind'][] = [
  'images',
  'classes',
  'machine labels',
  'labels',
  'narratives',
];

/**
 * Files in the order in which they are to be imported, so that none has to be read again because what it tells of was not
 * there yet; those of one kind as they were given. Only their beginnings are read.
 * @throws OpenImagesError FILE_NOT_LOCAL, FILE_MISSING, FILE_UNKNOWN, FILE_MALFORMED, before anything is imported
 */
export async function inImportOrder(names: readonly string[]): Promise<string[]> {
  const files: { name: string; place: number }[] = [];
  for (const name of names) {
    const { kind } = await fileContents(await findFile(name));
    files.push({ name, place: ORDER.indexOf(kind) });
  }
  return files.toSorted((a, b) => a.place - b.place).map(({ name }) => name);
}
