import sharp from 'sharp';
import { drawSheet, SHEET, type SheetCaption, type SheetPicture } from './sheet.js';

/** A photo on the sheet. */
export interface SheetPhoto {
  /** Its encoded bytes; asked for one photo at a time. */
  load: () => Promise<Uint8Array>;
  /** The keyphrase it serves best. */
  keyphrase: string;
}

const TILE = { width: 200, height: 150 };
const MAX_COLUMNS = 7;

/**
 * The photos found, best first, row by row, each with its rank and keyphrase, as PNG. Photos are cropped to 4:3
 * around their middle.
 */
export async function photoSheet(photos: SheetPhoto[], signal?: AbortSignal): Promise<Buffer> {
  const columns = Math.max(1, Math.min(MAX_COLUMNS, photos.length));
  const rows = Math.max(1, Math.ceil(photos.length / columns));
  const step = { x: TILE.width + SHEET.gap, y: TILE.height + SHEET.captionHeight + SHEET.gap / 2 };
  const pictures: SheetPicture[] = [];
  const captions: SheetCaption[] = [];
  for (const [index, { load, keyphrase }] of photos.entries()) {
    signal?.throwIfAborted();
    const left = SHEET.margin + (index % columns) * step.x;
    const top = SHEET.margin + Math.floor(index / columns) * step.y;
    pictures.push({ picture: await photoTile(await load(), TILE), left, top });
    captions.push({ text: `${index + 1}  ${keyphrase}`, left, top: top + TILE.height, width: TILE.width });
  }
  const size = {
    width: 2 * SHEET.margin + columns * step.x - SHEET.gap,
    height: 2 * SHEET.margin + rows * step.y - SHEET.gap / 2,
  };
  return drawSheet(size, pictures, captions);
}

/** A photo as it is meant to be seen, cropped to a tile, as PNG. */
export async function photoTile(photo: Uint8Array, { width, height }: typeof TILE): Promise<Buffer> {
  return sharp(photo)
    .autoOrient()
    .toColorspace('srgb')
    .flatten({ background: '#ffffff' })
    .resize(width, height, { fit: 'cover' })
    .png({ compressionLevel: 1 })
    .toBuffer();
}
