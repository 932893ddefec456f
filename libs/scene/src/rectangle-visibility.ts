import type { PlacedPart } from './layout-part.js';

/** Points a side at which a rectangle is probed. */
const PROBES = 8;

/**
 * Share of the worst hidden rectangle that is not behind later ones. Pessimistic, as cut-outs do not fill their
 * rectangles, and cheap: no pixel is looked at.
 * @param placed in painting order
 * @returns 0 to 1; 1 for none
 */
export function leastVisibleShare(placed: PlacedPart[]): number {
  const shares = placed.map((below, index) => {
    const above = placed.slice(index + 1);
    let seen = 0;
    for (let probe = 0; probe < PROBES ** 2; probe++) {
      const across = ((probe % PROBES) + 0.5) / PROBES - 0.5;
      const down = (Math.floor(probe / PROBES) + 0.5) / PROBES - 0.5;
      const point = fromRectangle(below, across * below.width, down * below.height);
      if (!above.some((other) => isInside(other, point))) seen++;
    }
    return seen / PROBES ** 2;
  });
  return Math.min(1, ...shares);
}

function fromRectangle(
  { x, y, rotationDegrees }: PlacedPart,
  across: number,
  down: number,
): { x: number; y: number } {
  const angle = (rotationDegrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return { x: x + cos * across - sin * down, y: y + sin * across + cos * down };
}

function isInside(rectangle: PlacedPart, point: { x: number; y: number }): boolean {
  const angle = (rectangle.rotationDegrees * Math.PI) / 180;
  const [dx, dy] = [point.x - rectangle.x, point.y - rectangle.y];
  const across = Math.cos(angle) * dx + Math.sin(angle) * dy;
  const down = -Math.sin(angle) * dx + Math.cos(angle) * dy;
  return Math.abs(across) < rectangle.width / 2 && Math.abs(down) < rectangle.height / 2;
}
