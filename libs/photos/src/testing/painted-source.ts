import { sha256Hex } from '@collage/blobs/blob-store.js';
import { parseLicense } from '@collage/licensing/license.js';
import type { PhotoSource } from '../photo-source.js';
import { Photo } from '@collage/proto/collage/v1/photo.js';
import sharp from 'sharp';

/** A source of painted photos under given licenses, each painted in its own stripes. */
export function paintedSource(licenses: string[]): PhotoSource {
  return {
    name: 'painted',
    async *find() {
      yield { kind: 'skipped', reason: 'NO_LICENSE', name: 'orphan.jpg', detail: 'no license is given' };
      for (const [index, license] of licenses.entries()) {
        const stripes = Array.from(
          { length: 8 },
          (_, stripe) =>
            `<rect x="${stripe * 50}" width="50" height="300" fill="hsl(${stripe * 37 * (index + 1)} 60% ${20 + ((stripe * (index + 3) * 29) % 60)}%)"/>`,
        );
        const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300">${stripes.join('')}</svg>`;
        const bytes = await sharp(Buffer.from(svg)).png().toBuffer();
        const photo = Photo.fromPartial({
          digest: sha256Hex(bytes),
          source: 'painted',
          sourceId: `${index}.png`,
          mediaType: 'image/png',
          width: 400,
          height: 300,
          credit: { title: `Stripes ${index}`, author: `Painter ${index}`, license: parseLicense(license) },
        });
        yield { kind: 'photo', photo, bytes: async () => bytes };
      }
    },
  };
}
