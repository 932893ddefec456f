import { createHash } from 'node:crypto';
import sharp from 'sharp';

/** Bytes and their SHA-256. */
export interface NamedPicture {
  digest: string;
  picture: Buffer;
}

/** Names bytes by their SHA-256, lower-case hex. */
export function named(picture: Buffer): NamedPicture {
  return { digest: sha256(picture), picture };
}

/** SHA-256, lower-case hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A JPEG of a shaded ball before a bright sky: every channel of every pixel is at least about 90. */
export async function ballPhoto(color: string, { width = 320, height = 240 } = {}): Promise<NamedPicture> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 320 240">
    <defs>
      <radialGradient id="ball" cx="0.35" cy="0.3" r="0.8">
        <stop offset="0" stop-color="white"/><stop offset="0.3" stop-color="${color}"/>
        <stop offset="1" stop-color="rgb(110,100,100)"/>
      </radialGradient>
      <linearGradient id="sky" x2="0" y2="1">
        <stop offset="0" stop-color="rgb(150,190,235)"/><stop offset="1" stop-color="rgb(225,235,245)"/>
      </linearGradient>
    </defs>
    <rect width="320" height="240" fill="url(#sky)"/>
    <circle cx="165" cy="120" r="72" fill="url(#ball)"/>
  </svg>`;
  return named(await sharp(Buffer.from(svg)).removeAlpha().jpeg({ quality: 92 }).toBuffer());
}

/** A PNG with straight alpha: a disc in one color, its edge antialiased. */
export async function discCutout(color: string, { width = 96, height = 64 } = {}): Promise<NamedPicture> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <ellipse cx="50%" cy="50%" rx="48%" ry="48%" fill="${color}"/></svg>`;
  return named(await sharp(Buffer.from(svg)).png().toBuffer());
}

/** Bytes that begin like a JPEG and are none. */
export function brokenPhoto(): NamedPicture {
  return named(Buffer.from([0xff, 0xd8, 0xff, 0xe0, ...Array<number>(200).fill(7)]));
}
