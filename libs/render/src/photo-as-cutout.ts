import sharp from 'sharp';

/** A whole photo as an opaque straight-alpha PNG, to lie in a scene like any cut-out. */
export async function photoAsCutout(
  photo: Uint8Array,
): Promise<{ png: Buffer; width: number; height: number }> {
  const { data, info } = await sharp(photo)
    .autoOrient()
    .toColorspace('srgb')
    .ensureAlpha()
    .png({ compressionLevel: 3 })
    .toBuffer({ resolveWithObject: true });
  return { png: data, width: info.width, height: info.height };
}
