import sharp from 'sharp';

/** The look all pictures of the steps share: white margins, thin grey text. Pixels. */
export const SHEET = { margin: 36, gap: 20, captionSize: 13, captionHeight: 30, ink: '#4d5258' } as const;

/** An encoded picture and where its top left corner goes. */
export interface SheetPicture {
  picture: Buffer;
  left: number;
  top: number;
}

/** A line of text under a picture: starts at `left`, its line box at `top`; cut to `width`. */
export interface SheetCaption {
  text: string;
  left: number;
  top: number;
  width: number;
}

/**
 * Draws pictures and captions on a white sheet, as PNG. Where a machine has no fonts the captions stay empty and
 * everything else is the same: nothing is measured by the text.
 */
export async function drawSheet(
  size: { width: number; height: number },
  pictures: SheetPicture[],
  captions: SheetCaption[],
): Promise<Buffer> {
  const { width, height } = size;
  const overlays = pictures.map(({ picture, left, top }) => ({ input: picture, left, top }));
  const text = { input: Buffer.from(captionSvg(size, captions)), left: 0, top: 0 };
  return sharp({ create: { width, height, channels: 3, background: '#ffffff' } })
    .composite([...overlays, text])
    .png({ compressionLevel: 6 })
    .toBuffer();
}

function captionSvg({ width, height }: { width: number; height: number }, captions: SheetCaption[]): string {
  const lines = captions.map(
    ({ text, left, top, width: room }) =>
      `<text x="${left}" y="${top + SHEET.captionSize + 6}">${escapeText(fitText(text, room))}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><g ${SHEET_TEXT}>${lines.join('')}</g></svg>`;
}

/** Attributes of text on sheets. */
export const SHEET_TEXT = `font-family="Helvetica Neue, Helvetica, Arial, DejaVu Sans, sans-serif" font-size="${SHEET.captionSize}" font-weight="300" fill="${SHEET.ink}"`;

/** Letters are about 0.56 of their size wide; measuring them would need the font. */
function fitText(text: string, width: number): string {
  const room = Math.floor(width / (0.56 * SHEET.captionSize));
  return text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1)).trimEnd()}…`;
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
