import sharp from 'sharp';

/**
 * A stored photo turned, encoded anew as `preparePhoto` does. Same bytes in, same bytes out.
 *
 * Convention: `degrees` are counter-clockwise as displayed, as OpenImages counts (sharp counts clockwise); 90, 180 or 270.
 */
export async function turnPhoto(
  bytes: Buffer,
  mediaType: string,
  degrees: number,
): Promise<{ bytes: Buffer; width: number; height: number }> {
  const turned = sharp(bytes, { failOn: 'error' }).rotate(360 - degrees);
  const encoded =
    mediaType === 'image/png'
      ? turned.png({ compressionLevel: 6 })
      : turned.jpeg({ quality: 92, chromaSubsampling: '4:4:4' });
  const { data, info } = await encoded.toBuffer({ resolveWithObject: true });
  return { bytes: data, width: info.width, height: info.height };
}
