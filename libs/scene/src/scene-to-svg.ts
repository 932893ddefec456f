import type { Color, Gradient, Layer, Scene } from '@collage/proto/collage/v1/scene.js';
import { canvasWidth } from './conventions.js';
import { gradientLine } from './gradient-line.js';
import { placementMatrix } from './placement-matrix.js';
import { validateScene } from './validate-scene.js';

/** Where an SVG finds a cut-out, and its size in pixels. */
export interface CutoutHref {
  href: string;
  width: number;
  height: number;
}

/**
 * A scene as an SVG document: for the browser and for vector export.
 *
 * Convention: user units are canvas pixels. Colors blend in sRGB, SVG's default for painting; the filter that tints is
 * told to, its default being linear light. Sampling is the viewer's own, so small cut-outs look a little different.
 *
 * @param heightPixels sets `width` and `height`; the picture itself scales
 * @param cutoutHref any address, data URIs included; any size with the cut-out's proportions
 * @throws SceneInvalidError
 */
export function sceneToSvg(
  scene: Scene,
  heightPixels: number,
  cutoutHref: (digest: string) => CutoutHref,
): string {
  validateScene(scene);
  const width = canvasWidth(scene.aspectRatio, heightPixels);
  const layers = scene.layers.map((layer, index) =>
    layerElement(layer, index, heightPixels, cutoutHref(layer.cutoutDigest)),
  );
  const tints = scene.layers.map(({ tint }, index) => (tint ? tintFilter(tint, index) : ''));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${heightPixels}" viewBox="0 0 ${width} ${heightPixels}">`,
    `<defs>${gradientElement(scene.background!, width, heightPixels)}${tints.join('')}</defs>`,
    `<rect width="${width}" height="${heightPixels}" fill="url(#background)"/>`,
    ...layers,
    '</svg>',
  ].join('\n');
}

function gradientElement({ angleDegrees, stops }: Gradient, width: number, height: number): string {
  const { x1, y1, x2, y2 } = gradientLine(angleDegrees, width, height);
  const stopElements = stops.map(
    ({ offset, color }) => `<stop offset="${offset}" stop-color="${cssColor(color!)}"/>`,
  );
  return `<linearGradient id="background" gradientUnits="userSpaceOnUse" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}">${stopElements.join('')}</linearGradient>`;
}

function layerElement(layer: Layer, index: number, heightPixels: number, cutout: CutoutHref): string {
  const { a, b, c, d, e, f } = placementMatrix(layer, cutout, heightPixels);
  const attributes = [
    `href="${escapeAttribute(cutout.href)}"`,
    `width="${cutout.width}"`,
    `height="${cutout.height}"`,
    `transform="matrix(${[a, b, c, d, e, f].join(' ')})"`,
    ...(layer.opacity < 1 ? [`opacity="${layer.opacity}"`] : []),
    ...(layer.tint ? [`filter="url(#tint-${index})"`] : []),
  ];
  return `<image ${attributes.join(' ')}/>`;
}

/** Multiplies the colors; the default region of a filter would add an empty margin of 10 %. */
function tintFilter({ red, green, blue }: Color, index: number): string {
  const rows = [`${red} 0 0 0 0`, `0 ${green} 0 0 0`, `0 0 ${blue} 0 0`, '0 0 0 1 0'].join(' ');
  return `<filter id="tint-${index}" x="0" y="0" width="1" height="1" color-interpolation-filters="sRGB"><feColorMatrix values="${rows}"/></filter>`;
}

/** Percentages keep more than eight bits. */
function cssColor({ red, green, blue }: Color): string {
  return `rgb(${[red, green, blue].map((channel) => `${channel * 100}%`).join(' ')})`;
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
