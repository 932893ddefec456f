import { decompress as decompressZstd } from 'fzstd';
import { unzlibSync } from 'fflate';

/** Bytes that are no Qt resource container, or a damaged one. */
export class RccInvalidError extends Error {
  constructor(detail: string) {
    super(`Expected a Qt resource container but received something else: ${detail}`);
    this.name = 'RccInvalidError';
  }
}

const MAGIC = 'qres';
const FLAG_ZLIB = 1;
const FLAG_FOLDER = 2;
const FLAG_ZSTD = 4;
/** The largest file we would unpack; a photo is far below. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
const MAX_ENTRIES = 100_000;

/**
 * Opens a Qt resource container (`.rcc`), and gives each file within by its path, unpacked when called.
 *
 * The format, as written by Qt's resource compiler (qtbase, `src/tools/rcc/rcc.cpp`) and read by QResource
 * (`src/corelib/io/qresource.cpp`); all numbers big-endian:
 *
 * - header: "qres", version, offsets of tree, data and names, from version 3 on also flags; 32 bit each
 * - tree: entry 0 is the root. Name offset (32), flags (16), then for a folder the number of its children and
 *   the index of the first (32 + 32), for a file territory and language (16 + 16) and data offset (32); from
 *   version 2 on followed by the time of the last change (64)
 * - names: length in UTF-16 units (16), hash (32), UTF-16
 * - data: length (32) and payload; with flag 1 the payload is its unpacked length (32) and a zlib stream,
 *   with flag 4 a Zstandard frame
 *
 * Throws {@link RccInvalidError}, also when a file is unpacked.
 */
export function openRcc(bytes: Uint8Array): Map<string, () => Uint8Array> {
  return guarded(() => readTree(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
}

function readTree(rcc: Buffer): Map<string, () => Uint8Array> {
  if (rcc.toString('latin1', 0, 4) !== MAGIC) {
    throw new RccInvalidError('it does not begin with "qres"');
  }
  const version = rcc.readUInt32BE(4);
  if (version < 1 || version > 3) {
    throw new RccInvalidError(`version ${version} is not known`);
  }
  const tree = rcc.readUInt32BE(8);
  const data = rcc.readUInt32BE(12);
  const names = rcc.readUInt32BE(16);
  const entryBytes = version >= 2 ? 22 : 14;
  const files = new Map<string, () => Uint8Array>();
  let entries = 0;

  function nameAt(offset: number): string {
    const start = names + offset;
    const text = rcc.subarray(start + 6, start + 6 + 2 * rcc.readUInt16BE(start));
    return Buffer.from(text).swap16().toString('utf16le');
  }
  function visit(index: number, parent: string): void {
    if (++entries > MAX_ENTRIES) {
      throw new RccInvalidError('its tree does not end');
    }
    const entry = tree + index * entryBytes;
    const flags = rcc.readUInt16BE(entry + 4);
    const path = index === 0 ? '' : `${parent}${parent && '/'}${nameAt(rcc.readUInt32BE(entry))}`;
    if (flags & FLAG_FOLDER) {
      const count = rcc.readUInt32BE(entry + 6);
      const first = rcc.readUInt32BE(entry + 10);
      for (let child = first; child < first + count; child++) {
        visit(child, path);
      }
    } else {
      const start = data + rcc.readUInt32BE(entry + 10);
      files.set(path, () => guarded(() => unpack(rcc, start, flags)));
    }
  }
  visit(0, '');
  return files;
}

function unpack(rcc: Buffer, start: number, flags: number): Uint8Array {
  const length = rcc.readUInt32BE(start);
  const payload = rcc.subarray(start + 4, start + 4 + length);
  if (payload.length !== length || length > MAX_FILE_BYTES) {
    throw new RccInvalidError('a file ends after the container does');
  }
  if (flags & FLAG_ZSTD) {
    return decompressZstd(payload);
  }
  if (!(flags & FLAG_ZLIB)) {
    return payload;
  }
  const unpackedLength = payload.readUInt32BE(0);
  if (unpackedLength > MAX_FILE_BYTES) {
    throw new RccInvalidError(`a file of ${unpackedLength} bytes is too large`);
  }
  const unpacked = unzlibSync(payload.subarray(4));
  if (unpacked.length !== unpackedLength) {
    throw new RccInvalidError('a file is not as long as it says');
  }
  return unpacked;
}

/** Offsets that lead out of the container and damaged streams are all one to the caller. */
function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof RccInvalidError ? error : new RccInvalidError(String(error));
  }
}
