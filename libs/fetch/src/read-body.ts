import { PassThrough, type Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** What we can undo, for Accept-Encoding. */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, br';

/** Why a body was not read to its end. */
export class BodyRefused extends Error {
  override readonly name = 'BodyRefused';
  constructor(
    readonly reason: 'TOO_LARGE' | 'TIMED_OUT' | 'ENCODING_UNKNOWN',
    message: string,
  ) {
    super(message);
  }
}

export interface BodyLimits {
  /** Most bytes, of what comes over the wire and again of what it decompresses to. */
  maxBytes: number;
  /** Longest time without a byte. */
  idleMilliseconds: number;
  /** Hears the size of every chunk that comes over the wire. */
  onBytes(count: number): void;
  signal?: AbortSignal;
}

/**
 * Reads a body into memory, undoing its Content-Encoding. Never holds more than `maxBytes` and a chunk; the
 * stream is destroyed on every failure.
 * @throws BodyRefused; the signal's reason; what the stream or the decompressor throws
 */
export async function readBody(stream: Readable, encoding: string, limits: BodyLimits): Promise<Buffer> {
  const { maxBytes, idleMilliseconds, onBytes, signal } = limits;
  const idle = setTimeout(() => {
    stream.destroy(new BodyRefused('TIMED_OUT', `sent nothing for ${idleMilliseconds} ms`));
  }, idleMilliseconds);
  const chunks: Buffer[] = [];
  const within = (name: string) => {
    let size = 0;
    return (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) throw new BodyRefused('TOO_LARGE', `sent more than ${maxBytes} bytes${name}`);
    };
  };
  try {
    const received = within('');
    const unpacked = within(' (decompressed)');
    await pipeline(
      stream,
      async function* (source: AsyncIterable<Buffer>) {
        for await (const chunk of source) {
          idle.refresh();
          onBytes(chunk.length);
          received(chunk);
          yield chunk;
        }
      },
      decompressor(encoding),
      async (source: AsyncIterable<Buffer>) => {
        for await (const chunk of source) {
          unpacked(chunk);
          chunks.push(chunk);
        }
      },
      { signal },
    );
    return Buffer.concat(chunks);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(idle);
    stream.destroy();
  }
}

/** More than one layer of compression is nothing an honest host does. */
function decompressor(encoding: string): Transform {
  switch (encoding.trim().toLowerCase()) {
    case '':
    case 'identity':
      return new PassThrough();
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      throw new BodyRefused('ENCODING_UNKNOWN', `is encoded as "${encoding}", which nobody asked for`);
  }
}
