import sharp from 'sharp';
import { photoTile } from './photo-sheet.js';
import { drawSheet, SHEET, type SheetPicture } from './sheet.js';

/** A photo and what was cut out of it. */
export interface CutPhoto {
  /** Encoded bytes of the photo; asked for one photo at a time. */
  load: () => Promise<Uint8Array>;
  /** Encoded bytes of each cut-out, best first; the first nine are shown. */
  cutouts: (() => Promise<Uint8Array>)[];
}

const PHOTO = { width: 200, height: 150 };
/** The square below each photo that its cut-outs share. */
const SQUARE = 200;
const INNER_GAP = 6;
const MAX_COLUMNS = 7;
const MAX_CUTOUTS_A_PHOTO = 9;
const CHECK_SIZE = 8;

/** Photos above their cut-outs, which lie on a light checkerboard, as PNG. */
export async function cutoutSheet(photos: CutPhoto[], signal?: AbortSignal): Promise<Buffer> {
  const columns = Math.max(1, Math.min(MAX_COLUMNS, photos.length));
  const rows = Math.max(1, Math.ceil(photos.length / columns));
  const step = { x: PHOTO.width + SHEET.gap, y: PHOTO.height + INNER_GAP + SQUARE + SHEET.gap * 1.5 };
  const pictures: SheetPicture[] = [];
  for (const [index, { load, cutouts }] of photos.entries()) {
    signal?.throwIfAborted();
    const left = SHEET.margin + (index % columns) * step.x;
    const top = SHEET.margin + Math.floor(index / columns) * step.y;
    pictures.push({ picture: await photoTile(await load(), PHOTO), left, top });
    for (const tile of await cutoutTiles(cutouts.slice(0, MAX_CUTOUTS_A_PHOTO))) {
      pictures.push({ ...tile, left: left + tile.left, top: top + PHOTO.height + INNER_GAP + tile.top });
    }
  }
  const size = {
    width: 2 * SHEET.margin + columns * step.x - SHEET.gap,
    height: 2 * SHEET.margin + rows * step.y - SHEET.gap * 1.5,
  };
  return drawSheet(size, pictures, []);
}

/** Tiles within the square: one large, up to four in two rows, up to nine in three. */
async function cutoutTiles(cutouts: CutPhoto['cutouts']): Promise<SheetPicture[]> {
  const columns = Math.ceil(Math.sqrt(cutouts.length));
  const side = Math.floor((SQUARE - (columns - 1) * INNER_GAP) / columns);
  const tiles: SheetPicture[] = [];
  for (const [index, load] of cutouts.entries()) {
    const left = (index % columns) * (side + INNER_GAP);
    const top = Math.floor(index / columns) * (side + INNER_GAP);
    tiles.push({ picture: await onCheckerboard(await load(), side), left, top });
  }
  return tiles;
}

async function onCheckerboard(cutout: Uint8Array, side: number): Promise<Buffer> {
  const room = side - 2 * INNER_GAP;
  const shown = await sharp(cutout)
    .resize(room, room, { fit: 'inside' })
    .png({ compressionLevel: 1 })
    .toBuffer();
  return sharp(Buffer.from(checkerboardSvg(side)))
    .composite([{ input: shown, gravity: 'center' }])
    .png({ compressionLevel: 1 })
    .toBuffer();
}

function checkerboardSvg(side: number): string {
  const [cell, tile] = [CHECK_SIZE, 2 * CHECK_SIZE];
  const squares = `<rect width="${tile}" height="${tile}" fill="#fbfbfb"/><path d="M0 0h${cell}v${cell}h-${cell}zM${cell} ${cell}h${cell}v${cell}h-${cell}z" fill="#ececee"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><defs><pattern id="checks" width="${tile}" height="${tile}" patternUnits="userSpaceOnUse">${squares}</pattern></defs><rect width="${side}" height="${side}" fill="url(#checks)"/></svg>`;
}
