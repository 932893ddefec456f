import { BackgroundMode } from '@collage/proto/collage/v1/collage.js';
import type { WeightedText } from '@collage/proto/collage/v1/composition_service.js';
import type { Color, Gradient } from '@collage/proto/collage/v1/scene.js';

/** `1024` (a height) or `1536x1024` (width x height). @throws Error saying what was expected */
export function parseSize(text: string): { height: number; aspect?: number } {
  const match = /^(?:(\d+)\s*[x×]\s*)?(\d+)$/i.exec(text.trim());
  const [, width, height] = match ?? [];
  if (!height || Number(height) === 0 || (width !== undefined && Number(width) === 0)) {
    throw new Error(`Expected a height such as 1024 or a size such as 1536x1024 but received "${text}".`);
  }
  return width === undefined
    ? { height: Number(height) }
    : { height: Number(height), aspect: Number(width) / Number(height) };
}

/** `3:2`, `16/9` or `1.5`. @throws Error saying what was expected */
export function parseAspect(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(?:\s*[:/]\s*(\d+(?:\.\d+)?))?$/.exec(text.trim());
  const ratio = match ? Number(match[1]) / Number(match[2] ?? 1) : NaN;
  if (!Number.isFinite(ratio) || ratio <= 0) {
    throw new Error(`Expected a ratio such as 3:2 or 1.5 but received "${text}".`);
  }
  return ratio;
}

/** `penguins:2, snowy mountain`: texts with an optional weight, 1 if none. @throws Error saying what was expected */
export function parseWeightedTexts(text: string): WeightedText[] {
  const parts = text.split(',').map((part) => part.trim());
  return parts
    .filter((part) => part !== '')
    .map((part) => {
      const match = /^(.*?)\s*:\s*([\d.]+)$/.exec(part);
      const weight = match ? Number(match[2]) : 1;
      const words = match ? match[1]! : part;
      if (words === '' || !Number.isFinite(weight) || weight <= 0) {
        throw new Error(
          `Expected words with a weight above 0, such as "penguins:2", but received "${part}".`,
        );
      }
      return { text: words, weight };
    });
}

/**
 * `fit`, `fit@30`, `photo`, or colors from top to bottom `#88aaff,#ffffff@30`.
 * Convention: the angle is in degrees clockwise, 0 from top to bottom, as in scene.proto.
 * @throws Error saying what was expected
 */
export function parseBackground(text: string): { backgroundMode: BackgroundMode; background: Gradient } {
  const [kind = '', angle = '0', ...rest] = text.trim().split('@');
  const angleDegrees = Number(angle);
  const expected = `Expected fit, fit@30, photo or colors such as "#88aaff,#ffffff@30" but received "${text}".`;
  if (rest.length > 0 || angle.trim() === '' || !Number.isFinite(angleDegrees)) throw new Error(expected);
  if (kind === 'fit' || kind === 'photo') {
    const backgroundMode = kind === 'fit' ? BackgroundMode.FITTED : BackgroundMode.PHOTO;
    return { backgroundMode, background: { angleDegrees, stops: [] } };
  }
  const colors = kind.split(',').map((part) => parseColor(part.trim()));
  if (colors.some((color) => color === undefined) || colors.length > 16) throw new Error(expected);
  const last = Math.max(colors.length - 1, 1);
  const stops = colors.map((color, index) => ({ offset: index / last, color }));
  return { backgroundMode: BackgroundMode.FIXED, background: { angleDegrees, stops } };
}

/** `#rrggbb` or `#rgb`. */
function parseColor(text: string): Color | undefined {
  const long = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.test(text) ? text.replace(/[0-9a-f]/gi, '$&$&') : text;
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(long);
  if (!match) return undefined;
  const [red, green, blue] = match.slice(1).map((hex) => parseInt(hex, 16) / 255) as [number, number, number];
  return { red, green, blue };
}
