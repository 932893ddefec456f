import { spawnSync } from 'node:child_process';
import exifr from 'exifr';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { encodePicture } from './encode-picture.js';
import type { RawPicture } from './gradient.js';
import { writeXmp, XmpNotWrittenError } from './write-xmp.js';

const picture: RawPicture = { data: Buffer.alloc(64 * 48 * 3), width: 64, height: 48, channels: 3 };
picture.data.forEach((_, index) => (picture.data[index] = (index * 7) % 256));

const xmp = `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Über den Wolken 写真</rdf:li></rdf:Alt></dc:title>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>`;
const exiftool = spawnSync('exiftool', ['-ver'], { encoding: 'utf8' }).status === 0;

describe.each(['png', 'jpeg'] as const)('writeXmp into a %s', (format) => {
  const encoded = () => encodePicture(picture, format);

  it('leaves every pixel as it was, and nothing but the packet is added', async () => {
    const plain = await encoded();
    const written = writeXmp(plain, xmp);
    const pixels = (bytes: Buffer) => sharp(bytes, { failOn: 'warning' }).raw().toBuffer();
    expect((await pixels(written)).equals(await pixels(plain))).toBe(true);
    const overhead = { png: 12 + 22, jpeg: 4 + 29 }[format];
    expect(written.length - plain.length).toBe(Buffer.byteLength(xmp) + overhead);
  });

  it('is read back to the letter by libvips and by exifr', async () => {
    const written = writeXmp(await encoded(), xmp);
    expect((await sharp(written).metadata()).xmpAsString).toBe(xmp);
    const read = await exifr.parse(written, { xmp: true, tiff: false });
    expect(read.title).toMatchObject({ value: 'Über den Wolken 写真' });
  });

  it.skipIf(!exiftool)(
    'is read back, and found whole, by exiftool (skipped where there is none)',
    async () => {
      const written = writeXmp(await encoded(), xmp);
      const { stdout } = spawnSync('exiftool', ['-j', '-G', '-a', '-xmp:all', '-validate', '-'], {
        input: written,
      });
      const [read] = JSON.parse(stdout.toString()) as Record<string, string>[];
      expect(read).toMatchObject({ 'XMP:Title': 'Über den Wolken 写真', 'ExifTool:Validate': 'OK' });
    },
  );

  it('gives the same bytes every time', async () => {
    expect(writeXmp(await encoded(), xmp).equals(writeXmp(await encoded(), xmp))).toBe(true);
  });
});

describe('writeXmp', () => {
  it('takes as much as a JPEG segment holds, and refuses more', async () => {
    const jpeg = await encodePicture(picture, 'jpeg');
    const padded = (bytes: number) =>
      xmp.replace('<?xpacket end', `${' '.repeat(bytes - Buffer.byteLength(xmp))}$&`);
    expect((await sharp(writeXmp(jpeg, padded(65_504))).metadata()).xmp).toHaveLength(65_504);
    expect(() => writeXmp(jpeg, padded(65_505))).toThrow(
      'at most 65504 bytes of XMP for a JPEG but received 65505',
    );
  });

  it('refuses what is neither PNG nor JPEG', async () => {
    const webp = await sharp(picture.data, { raw: picture }).webp().toBuffer();
    expect(() => writeXmp(webp, xmp)).toThrow(XmpNotWrittenError);
    expect(() => writeXmp(Buffer.alloc(0), xmp)).toThrow('Expected a PNG or JPEG');
  });

  it('goes to the front of a JPEG without a JFIF segment', async () => {
    const jpeg = await encodePicture(picture, 'jpeg');
    const bare = Buffer.concat([jpeg.subarray(0, 2), jpeg.subarray(4 + jpeg.readUInt16BE(4))]);
    expect((await sharp(writeXmp(bare, xmp)).metadata()).xmpAsString).toBe(xmp);
  });
});
