import { createHash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createGunzip } from 'node:zlib';
import { OpenImagesError } from './open-images-error.js';

/** A file on disk, plain or compressed with gzip, as it was when it was looked at. */
export interface FoundFile {
  /** Absolute. */
  path: string;
  /** Bytes on disk. */
  size: number;
  compressed: boolean;
  modifiedMilliseconds: number;
}

/** A metadata file that was read once. */
export interface MetadataFile extends FoundFile {
  /** SHA-256, in hexadecimal, of its bytes: another for every change. */
  version: string;
}

/** Bytes of one read: fewer are slower, more gain nothing. */
const CHUNK_BYTES = 256 * 1024;

/**
 * Looks at a file, without reading it.
 * @throws OpenImagesError FILE_NOT_LOCAL, FILE_MISSING
 */
export async function findFile(name: string): Promise<FoundFile> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(name)) {
    throw new OpenImagesError(
      'FILE_NOT_LOCAL',
      `Expected a file on this machine but received the address ${name}: download it first (say, with curl -L -C - -O).`,
    );
  }
  const path = resolve(name);
  const { size, mtimeMs } = await lookAt(path);
  return { path, size, compressed: await isGzip(path), modifiedMilliseconds: mtimeMs };
}

/**
 * Looks at a file and reads all of it once, for its version.
 * @param onBytes told how many bytes were read so far, of how many
 * @throws OpenImagesError FILE_NOT_LOCAL, FILE_MISSING
 */
export async function metadataFile(
  name: string,
  onBytes?: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<MetadataFile> {
  const file = await findFile(name);
  const hash = createHash('sha256');
  let done = 0;
  for await (const chunk of createReadStream(file.path, { highWaterMark: CHUNK_BYTES, signal })) {
    hash.update(chunk);
    done += chunk.length;
    onBytes?.(done, file.size);
  }
  return { ...file, version: hash.digest('hex') };
}

/** Throws an OpenImagesError FILE_CHANGED if the file is no longer as it was looked at. */
export async function mustBeUnchanged({ path, size, modifiedMilliseconds }: FoundFile): Promise<void> {
  const now = await lookAt(path);
  if (now.size === size && now.mtimeMs === modifiedMilliseconds) return;
  throw new OpenImagesError(
    'FILE_CHANGED',
    `${path} changed while it was imported: import it again once it is whole; it then begins anew.`,
  );
}

/**
 * The file's bytes, decompressed, from `offset` (of the decompressed bytes) on. A compressed file has to be
 * decompressed up to there, which the signal ends too.
 * @param onBytes told how many bytes of the file on disk were read so far
 * @throws OpenImagesError FILE_MALFORMED where a compressed file is cut off or damaged; the signal's reason
 */
export async function* readFrom(
  { path, compressed }: Pick<FoundFile, 'path' | 'compressed'>,
  offset: number,
  onBytes?: (done: number) => void,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES, start: compressed ? 0 : offset });
  if (!compressed) {
    for await (const chunk of file) {
      signal?.throwIfAborted();
      yield chunk as Buffer;
      onBytes?.(offset + file.bytesRead);
    }
    return;
  }
  const plain = file.pipe(createGunzip({ chunkSize: CHUNK_BYTES }));
  file.on('error', (error) => plain.destroy(error));
  let passed = 0;
  try {
    for await (const chunk of plain as AsyncIterable<Buffer>) {
      signal?.throwIfAborted();
      const skip = Math.min(chunk.length, Math.max(0, offset - passed));
      passed += chunk.length;
      if (skip < chunk.length) yield chunk.subarray(skip);
      onBytes?.(file.bytesRead);
    }
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (!code.startsWith('Z_')) throw error;
    throw new OpenImagesError(
      'FILE_MALFORMED',
      `Expected a whole gzip file but received ${path}, which breaks off or is damaged (${message}): download it again.`,
      { cause: error },
    );
  } finally {
    file.destroy();
  }
}

async function lookAt(path: string): Promise<Stats> {
  try {
    const stats = await stat(path);
    if (stats.isFile()) return stats;
  } catch (error) {
    throw new OpenImagesError(
      'FILE_MISSING',
      `Expected a file of OpenImages but ${path} can't be read: ${(error as Error).message}`,
      { cause: error },
    );
  }
  throw new OpenImagesError('FILE_MISSING', `Expected a file of OpenImages but ${path} is none.`);
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}
