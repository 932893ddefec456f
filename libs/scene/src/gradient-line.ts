/** Where a gradient starts and ends on a canvas. */
export interface GradientLine {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

/**
 * The line a gradient runs along.
 *
 * Convention: degrees clockwise as displayed; 0 runs from top to bottom, 90 from right to left. It passes through the
 * middle of the canvas; its length is that of CSS `linear-gradient`, |w sin a| + |h cos a|, so that the first and the
 * last color are reached exactly in two opposite corners (CSS Images 3, 3.1).
 *
 * @param width of the canvas, in any unit; the answer is in the same
 */
export function gradientLine(angleDegrees: number, width: number, height: number): GradientLine {
  const angle = (angleDegrees * Math.PI) / 180;
  const [right, down] = [-Math.sin(angle), Math.cos(angle)];
  const reach = (Math.abs(width * right) + Math.abs(height * down)) / 2;
  const [x, y] = [width / 2, height / 2];
  return { x1: x - right * reach, y1: y - down * reach, x2: x + right * reach, y2: y + down * reach };
}
