import type { Gradient } from '@collage/proto/collage/v1/scene.js';
import { encodePicture } from './encode-picture.js';
import { gradientColorAt, renderGradient } from './gradient.js';
import { drawSheet, SHEET, SHEET_TEXT } from './sheet.js';

const SIDE = 320;
const PLOT_WIDTH = 480;
/** Room left of and below the plot for its numbers. */
const AXIS = { left: 44, bottom: 52 };
const CURVES = [
  { name: 'red', ink: '#d6453d' },
  { name: 'green', ink: '#3f9b57' },
  { name: 'blue', ink: '#3a6fd0' },
] as const;

/**
 * A gradient beside the plot of its three color curves over the place along its line, as PNG.
 *
 * Convention: place 0 is where the gradient starts (the top at angle 0); values are non-linear sRGB in [0, 1].
 */
export async function gradientPlot(gradient: Gradient): Promise<Buffer> {
  const { margin, gap } = SHEET;
  const swatch = await encodePicture(renderGradient(gradient, SIDE, SIDE), 'png');
  const plotLeft = margin + SIDE + gap * 2;
  const size = { width: plotLeft + AXIS.left + PLOT_WIDTH + margin, height: 2 * margin + SIDE + AXIS.bottom };
  const pictures = [
    { picture: swatch, left: margin, top: margin },
    { picture: Buffer.from(plotSvg(gradient)), left: plotLeft, top: margin - PAD },
  ];
  const angle = Math.round(gradient.angleDegrees * 10) / 10;
  const text = angle === 0 ? 'background, from top to bottom' : `background, turned by ${angle}°`;
  return drawSheet(size, pictures, [{ text, left: margin, top: margin + SIDE, width: SIDE }]);
}

/** Keeps the outermost dots and numbers from being cut. */
const PAD = 12;

function plotSvg(gradient: Gradient): string {
  const x = (place: number): number => AXIS.left + place * PLOT_WIDTH;
  const y = (value: number): number => PAD + (1 - value) * SIDE;
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const grid = ticks.flatMap((tick) => [
    `<path d="M${x(0)} ${y(tick)}H${x(1)}M${x(tick)} ${y(0)}V${y(1)}" stroke="#e8e9eb"/>`,
    `<text x="${x(0) - 10}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
    `<text x="${x(tick)}" y="${y(0) + 22}" text-anchor="middle">${tick}</text>`,
  ]);
  const curves = CURVES.map(({ name, ink }, channel) => {
    // Flat ends show where the first color holds and the last one begins to.
    const stops = gradient.stops.map(({ offset, color }) => [x(offset), y(color![name])]);
    const start = [x(0), y(gradientColorAt(gradient, 0)[channel]!)];
    const end = [x(1), y(gradientColorAt(gradient, 1)[channel]!)];
    const dots = stops.map(
      ([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3.5" fill="#fff" stroke="${ink}"/>`,
    );
    return `<g stroke-width="1.8"><polyline points="${[start, ...stops, end].join(' ')}" fill="none" stroke="${ink}"/>${dots.join('')}</g>`;
  });
  const width = AXIS.left + PLOT_WIDTH + PAD;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${SIDE + AXIS.bottom + PAD}" ${SHEET_TEXT}>${grid.join('')}${curves.join('')}<text x="${x(0.5)}" y="${y(0) + 42}" text-anchor="middle">place along the gradient</text></svg>`;
}
