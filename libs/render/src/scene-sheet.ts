import sharp from 'sharp';
import type { RawPicture } from './gradient.js';
import { drawSheet, SHEET, type SheetCaption, type SheetPicture } from './sheet.js';

/** A rendered scene and what is written under it, such as "layout 12: 0.231". */
export interface CaptionedPicture {
  picture: RawPicture;
  caption: string;
}

const PICTURE_HEIGHT = 280;
const MAX_COLUMNS = 4;

/** Rendered scenes side by side, four in a row, as PNG: layouts that were tried, or a layout on its climb. */
export async function sceneSheet(scenes: CaptionedPicture[]): Promise<Buffer> {
  const widths = scenes.map(({ picture }) =>
    Math.max(1, Math.round((PICTURE_HEIGHT * picture.width) / picture.height)),
  );
  const columnWidth = Math.max(1, ...widths);
  const columns = Math.max(1, Math.min(MAX_COLUMNS, scenes.length));
  const rows = Math.max(1, Math.ceil(scenes.length / columns));
  const step = { x: columnWidth + SHEET.gap, y: PICTURE_HEIGHT + SHEET.captionHeight + SHEET.gap / 2 };
  const pictures: SheetPicture[] = [];
  const captions: SheetCaption[] = [];
  for (const [index, { picture, caption }] of scenes.entries()) {
    const left = SHEET.margin + (index % columns) * step.x;
    const top = SHEET.margin + Math.floor(index / columns) * step.y;
    pictures.push({ picture: await resized(picture, widths[index]!), left, top });
    captions.push({ text: caption, left, top: top + PICTURE_HEIGHT, width: columnWidth });
  }
  const size = {
    width: 2 * SHEET.margin + columns * step.x - SHEET.gap,
    height: 2 * SHEET.margin + rows * step.y - SHEET.gap / 2,
  };
  return drawSheet(size, pictures, captions);
}

async function resized({ data, width, height, channels }: RawPicture, newWidth: number): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels } })
    .resize(newWidth, PICTURE_HEIGHT, { fit: 'fill' })
    .png({ compressionLevel: 1 })
    .toBuffer();
}
