import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

const hues = ['#d03020', '#f0c020', '#2050c0', '#20a050', '#a040b0', '#e07030', '#30b0b0', '#805030'];

/**
 * Paints photos for tests: a bright disk with a stripe on soft ground, each of another color and place, so that
 * a segmenter finds something and no two are near-duplicates. The folder's license.json covers them all.
 */
export async function paintPhotos(folder: string, count: number, license = 'CC BY 4.0'): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let index = 0; index < count; index++) {
    await writeFile(join(folder, `disk-${index}.jpg`), await paintPhoto(index));
  }
  await writeFile(join(folder, 'license.json'), JSON.stringify({ license, author: 'A Painter' }));
}

/** One painted photo, 480 x 360 JPEG. */
export function paintPhoto(index: number): Promise<Buffer> {
  const x = 140 + ((index * 67) % 200);
  const y = 130 + ((index * 41) % 100);
  const radius = 80 + ((index * 13) % 40);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="480" height="360">
    <defs><linearGradient id="g" x2="0.${index}" y2="1"><stop stop-color="#d8dde0"/><stop offset="1" stop-color="#aab4a8"/></linearGradient></defs>
    <rect width="480" height="360" fill="url(#g)"/>
    <circle cx="${x}" cy="${y}" r="${radius}" fill="${hues[index % hues.length]}"/>
    <rect x="${x - radius / 2}" y="${y - 8}" width="${radius}" height="16" fill="#fff"/>
  </svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 92 }).toBuffer();
}
