import sharp from 'sharp';

/** How much fine detail a picture has: the mean absolute Laplacian of its grey values, 0 to 1,020. */
export async function detailEnergy(picture: Uint8Array): Promise<number> {
  const { data, info } = await sharp(picture)
    .greyscale()
    .toColorspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  let sum = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let at = y * width + 1; at < (y + 1) * width - 1; at++) {
      const around = data[at - 1]! + data[at + 1]! + data[at - width]! + data[at + width]!;
      sum += Math.abs(4 * data[at]! - around);
    }
  }
  return sum / ((width - 2) * (height - 2));
}
