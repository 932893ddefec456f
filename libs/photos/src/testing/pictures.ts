import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';

/** Width and height in pixels. */
export interface Size {
  width: number;
  height: number;
}

/**
 * A picture of smooth random color, another for every seed, as a JPEG: it looks like no other seed's, and it
 * still looks alike when scaled. Left of the middle it is darker than right of it.
 */
export async function picture(seed: number, { width, height }: Size = { width: 400, height: 320 }) {
  return colors(seed, width, height).jpeg().toBuffer();
}

/** As {@link picture}, not yet encoded. */
export function colors(seed: number, width: number, height: number): Sharp {
  const cells = Buffer.alloc(6 * 6 * 3);
  let state = seed * 2654435761 + 1;
  for (let index = 0; index < cells.length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    cells[index] = state >>> 24;
  }
  return sharp(cells, { raw: { width: 6, height: 6, channels: 3 } }).resize(width, height, {
    fit: 'fill',
    kernel: 'cubic',
  });
}

/** A picture of red (left half) and blue (right half). */
export function redAndBlue({ width, height }: Size): Sharp {
  const half = Math.floor(width / 2);
  return sharp({ create: { width, height, channels: 3, background: '#00f' } }).composite([
    { input: { create: { width: half, height, channels: 3, background: '#f00' } }, left: 0, top: 0 },
  ]);
}

/** A PNG of a few bytes whose header claims any size. */
export function pngBomb({ width, height }: Size): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = deflateSync(Buffer.alloc(1024));
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND')]);
}

function chunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const bytes = Buffer.alloc(body.length + 8);
  bytes.writeUInt32BE(data.length, 0);
  body.copy(bytes, 4);
  bytes.writeUInt32BE(crc32(body), body.length + 4);
  return bytes;
}
