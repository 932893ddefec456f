import type { Scene } from '@collage/proto/collage/v1/scene.js';
import { describe, expect, it } from 'vitest';
import { sceneToSvg } from './scene-to-svg.js';

const scene: Scene = {
  aspectRatio: 2,
  background: { angleDegrees: 90, stops: [{ offset: 0.25, color: { red: 1, green: 0.5, blue: 0 } }] },
  layers: [
    {
      cutoutDigest: 'a'.repeat(64),
      placement: { centerX: 1, centerY: 0.5, height: 0.5, rotationDegrees: 0 },
      opacity: 0.25,
      tint: { red: 1, green: 0.5, blue: 0.25 },
      flipped: true,
    },
  ],
};
const svg = sceneToSvg(scene, 100, () => ({ href: 'a.png?x="1"&y=<2>', width: 40, height: 50 }));

// Pixels are judged by the conformance suite; here is what a picture does not show.
describe('sceneToSvg', () => {
  it('draws a canvas of the asked height that scales by its view box', () => {
    expect(svg).toContain('width="200" height="100" viewBox="0 0 200 100"');
  });

  it('runs the gradient from right to left at 90 degrees', () => {
    const [x1, x2] = ['x1', 'x2'].map((name) => Number(new RegExp(`${name}="([^"]+)"`).exec(svg)![1]));
    expect([x1, x2]).toEqual([expect.closeTo(200, 9), expect.closeTo(0, 9)]);
    expect(svg).toContain('<stop offset="0.25" stop-color="rgb(100% 50% 0%)"/>');
  });

  it('mirrors about the center', () => {
    // 50 px high on 50: scale 1; the left edge of the flipped picture lies at 100 + 20.
    expect(svg).toMatch(/transform="matrix\(-1 0 0 1 120 25\)"/);
  });

  it('tints in sRGB and fades', () => {
    expect(svg).toContain('color-interpolation-filters="sRGB"');
    expect(svg).toContain('opacity="0.25" filter="url(#tint-0)"');
  });

  it('escapes addresses', () => {
    expect(svg).toContain('href="a.png?x=&quot;1&quot;&amp;y=&lt;2>"');
  });

  it('refuses a scene that breaks the conventions', () => {
    expect(() =>
      sceneToSvg({ ...scene, aspectRatio: 0 }, 100, () => ({ href: '', width: 1, height: 1 })),
    ).toThrow(/aspectRatio/);
  });
});
