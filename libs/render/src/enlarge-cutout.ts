import type { Box } from '@collage/proto/collage/v1/photo.js';
import sharp, { type Sharp } from 'sharp';
import { CutoutUnreadableError } from './cutout-unreadable-error.js';

/** Width and height in pixels. */
interface Size {
  width: number;
  height: number;
}

/** A cut-out with more pixels. */
export interface EnlargedCutout {
  /** Straight-alpha PNG. */
  png: Buffer;
  /** Where it is, in pixels of the larger photo; the PNG has its size. */
  box: Box;
}

/**
 * A cut-out made anew from a larger version of its photo: its alpha scaled up, the colors of the larger photo. At the
 * edge, where the photo's own colors are mixed with the old background, they give way to those of the small cut-out,
 * which the segmenter cleaned.
 *
 * Convention: straight alpha, scaled by Catmull-Rom with premultiplied colors; the box's edges are rounded to whole
 * pixels of the larger photo, so whatever is placed by canvas heights moves by at most half of one.
 *
 * @param cutout PNG of the small one
 * @param box where that was, in pixels of a photo of the size `cutFrom`
 * @param photo encoded, upright, sRGB: the same picture with more pixels
 * @throws CutoutUnreadableError
 */
export async function enlargeCutout(
  cutout: Uint8Array,
  box: Box,
  cutFrom: Size,
  photo: Uint8Array,
): Promise<EnlargedCutout> {
  const size = await sharp(photo).metadata();
  const scale = { x: size.width / cutFrom.width, y: size.height / cutFrom.height };
  const left = Math.round(box.left * scale.x);
  const top = Math.round(box.top * scale.y);
  const width = Math.max(1, Math.round((box.left + box.width) * scale.x) - left);
  const height = Math.max(1, Math.round((box.top + box.height) * scale.y) - top);
  const area = { left, top, width, height };

  const pixels = await bytesOf(
    sharp(cutout).toColorspace('srgb').ensureAlpha().resize(width, height, { fit: 'fill', kernel: 'cubic' }),
  );
  const trust = await trustInPhoto(cutout, width, height);
  const colors = await bytesOf(sharp(photo).extract(area).toColorspace('srgb').removeAlpha());
  for (let pixel = 0; pixel < trust.length; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      const clean = pixels[pixel * 4 + channel]!;
      const seen = colors[pixel * 3 + channel]!;
      pixels[pixel * 4 + channel] = Math.round(clean + (trust[pixel]! / 255) * (seen - clean));
    }
  }
  const png = await sharp(pixels, { raw: { width, height, channels: 4 }, limitInputPixels: false })
    .png({ compressionLevel: 6 })
    .toBuffer();
  return { png, box: area };
}

/**
 * How far the photo's own colors are the foreground's, 0 to 255, at the larger size: all where the cut-out and its
 * neighbors are opaque, less with the least of their alphas (at 0.75 a quarter), none from 0.5 down.
 */
async function trustInPhoto(cutout: Uint8Array, width: number, height: number): Promise<Buffer> {
  const alpha = await sharp(cutout)
    .ensureAlpha()
    .extractChannel('alpha')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((cause: Error) => {
      throw new CutoutUnreadableError(cause);
    });
  const { width: across, height: down } = alpha.info;
  const trust = Buffer.alloc(across * down);
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      let least = 255;
      for (let row = Math.max(0, y - 1); row <= Math.min(down - 1, y + 1); row++) {
        for (let column = Math.max(0, x - 1); column <= Math.min(across - 1, x + 1); column++) {
          least = Math.min(least, alpha.data[row * across + column]!);
        }
      }
      trust[y * across + x] = 255 * Math.max(0, (2 * least) / 255 - 1) ** 2;
    }
  }
  const plane = sharp(trust, { raw: { width: across, height: down, channels: 1 } });
  return bytesOf(plane.resize(width, height, { fit: 'fill', kernel: 'linear' }).toColorspace('b-w'));
}

async function bytesOf(picture: Sharp): Promise<Buffer> {
  return picture
    .raw({ depth: 'uchar' })
    .toBuffer()
    .catch((cause: Error) => {
      throw new CutoutUnreadableError(cause);
    });
}
