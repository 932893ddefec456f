import sharp from 'sharp';
import type { RawPicture } from './gradient.js';

/**
 * Encodes a picture: PNG without loss, or JPEG at quality 92 with full color resolution (4:4:4: cut-out edges are
 * sharp in color, and subsampling smears them). No metadata, no time stamps: same pixels, same bytes.
 */
export async function encodePicture(picture: RawPicture, format: 'png' | 'jpeg'): Promise<Buffer> {
  const { data, width, height, channels } = picture;
  // The limit guards against foreign pictures; this one is ours.
  const pixels = sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
  return format === 'png'
    ? pixels.png({ compressionLevel: 6 }).toBuffer()
    : pixels.jpeg({ quality: 92, chromaSubsampling: '4:4:4' }).toBuffer();
}
