import { zlibSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { openRcc } from './rcc.js';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

function numbers(bits: 16 | 32, ...values: number[]): Buffer {
  const bytes = Buffer.alloc((values.length * bits) / 8);
  values.forEach((value, index) =>
    bits === 16 ? bytes.writeUInt16BE(value, index * 2) : bytes.writeUInt32BE(value, index * 4),
  );
  return bytes;
}

/** Length, a hash that readers may ignore, UTF-16. */
function entryName(name: string): Buffer {
  return Buffer.concat([numbers(16, name.length), numbers(32, 0), Buffer.from(name, 'utf16le').swap16()]);
}

function zlibPayload(content: string, claimedLength = content.length): Buffer {
  return Buffer.concat([numbers(32, claimedLength), zlibSync(Buffer.from(content))]);
}

/** A Zstandard frame by hand (RFC 8878): single segment, one-byte size, one raw block. */
function zstdPayload(content: string): Buffer {
  const blockHeader = (content.length << 3) | 1;
  return Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, content.length]),
    Buffer.from([blockHeader & 0xff, (blockHeader >> 8) & 0xff, blockHeader >> 16]),
    Buffer.from(content),
  ]);
}

/** A container with one folder of any name and the given files in it. */
function container(
  files: { name: string; flags: number; payload: Buffer }[],
  { version = 3, folder = 'écran' } = {},
): Buffer {
  const names = [folder, ...files.map(({ name }) => name)].map(entryName);
  const nameOffsets = names.map((_, index) => Buffer.concat(names.slice(0, index)).length);
  const blobs = files.map(({ payload }) => Buffer.concat([numbers(32, payload.length), payload]));
  const time = version >= 2 ? Buffer.alloc(8) : Buffer.alloc(0);
  const directory = (name: number, count: number, first: number) =>
    Buffer.concat([numbers(32, name), numbers(16, 2), numbers(32, count, first), time]);
  const tree = Buffer.concat([
    directory(0, 1, 1),
    directory(nameOffsets[0]!, files.length, 2),
    ...files.map(({ flags }, index) =>
      Buffer.concat([
        numbers(32, nameOffsets[index + 1]!),
        numbers(16, flags, 0, 1),
        numbers(32, Buffer.concat(blobs.slice(0, index)).length),
        time,
      ]),
    ),
  ]);
  const headerBytes = version >= 3 ? 24 : 20;
  const data = Buffer.concat(blobs);
  const header = Buffer.concat([
    Buffer.from('qres'),
    numbers(32, version, headerBytes + data.length, headerBytes, headerBytes + data.length + tree.length),
    version >= 3 ? numbers(32, 0) : Buffer.alloc(0),
  ]);
  return Buffer.concat([header, data, tree, ...names]);
}

const files = [
  { name: 'plain.webp', flags: 0, payload: Buffer.from('plain') },
  { name: 'deflated.webp', flags: 1, payload: zlibPayload('deflated deflated deflated') },
  { name: 'zstandard.webp', flags: 4, payload: zstdPayload('zstandard') },
];

describe('openRcc', () => {
  it.each([1, 2, 3])('reads plain, zlib and Zstandard files of version %i by their paths', (version) => {
    const opened = openRcc(container(files, { version }));
    expect([...opened].map(([path, read]) => [path, text(read())])).toEqual([
      ['écran/plain.webp', 'plain'],
      ['écran/deflated.webp', 'deflated deflated deflated'],
      ['écran/zstandard.webp', 'zstandard'],
    ]);
  });

  it('reads a container that lies within other bytes', () => {
    const rcc = container(files);
    const within = new Uint8Array(Buffer.concat([Buffer.alloc(7), rcc])).subarray(7);
    expect(text(openRcc(within).get('écran/plain.webp')!())).toBe('plain');
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['something else', Buffer.from('PK\x03\x04 something else altogether')],
    ['a later version', container(files, { version: 4 })],
    ['a container cut short', container(files).subarray(0, 60)],
  ])('refuses %s', (_, bytes) => {
    expect(() => openRcc(bytes)).toThrow('Expected a Qt resource container');
  });

  it('refuses a tree that leads back to itself', () => {
    const rcc = container([]);
    // The folder's first child is the folder itself.
    const folderEntry = rcc.readUInt32BE(8) + 22;
    rcc.writeUInt32BE(1, folderEntry + 6);
    rcc.writeUInt32BE(1, folderEntry + 10);
    expect(() => openRcc(rcc)).toThrow('Expected a Qt resource container');
  });

  it.each([
    ['whose length is a lie', { name: 'x', flags: 1, payload: zlibPayload('abc', 4) }],
    ['that claims to be huge', { name: 'x', flags: 1, payload: zlibPayload('abc', 0xffff_ffff) }],
    ['that is damaged', { name: 'x', flags: 1, payload: Buffer.from('\0\0\0\x03damaged') }],
    ['that is no Zstandard frame', { name: 'x', flags: 4, payload: Buffer.from('damaged') }],
  ])('refuses a file %s, when it is read', (_, file) => {
    const read = openRcc(container([file])).get('écran/x')!;
    expect(read).toThrow('Expected a Qt resource container');
  });
});
