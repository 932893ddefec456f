import { describe, expect, it } from 'vitest';
import { BackgroundMode } from '@collage/proto/collage/v1/collage.js';
import { parseAspect, parseBackground, parseSize, parseWeightedTexts } from './option-values.js';

describe('parseSize', () => {
  it('reads a height', () => expect(parseSize('2048')).toEqual({ height: 2048 }));
  it('reads width x height', () => expect(parseSize('1536x1024')).toEqual({ height: 1024, aspect: 1.5 }));
  it.each(['', 'big', '0', '0x5', '5x0', '-3', '1024px', '1x2x3'])(
    'refuses "%s" and shows what it wants',
    (text) => {
      expect(() => parseSize(text)).toThrow(/Expected a height .* but received/);
    },
  );
});

describe('parseAspect', () => {
  it.each([
    ['3:2', 1.5],
    ['16/9', 16 / 9],
    ['0.75', 0.75],
  ])('reads %s', (text, ratio) => expect(parseAspect(text)).toBe(ratio));
  it.each(['', 'wide', '3:0', '0', '-1', '1:2:3'])('refuses "%s"', (text) => {
    expect(() => parseAspect(text)).toThrow('Expected a ratio');
  });
});

describe('parseWeightedTexts', () => {
  it('reads texts with and without weights', () => {
    expect(parseWeightedTexts('penguins:2, snowy mountain ,')).toEqual([
      { text: 'penguins', weight: 2 },
      { text: 'snowy mountain', weight: 1 },
    ]);
  });
  it.each(['penguins:0', ':2', 'a:1.2.3'])('refuses "%s"', (text) => {
    expect(() => parseWeightedTexts(text)).toThrow('weight above 0');
  });
});

describe('parseBackground', () => {
  it('reads the fitted background and its angle', () => {
    expect(parseBackground('fit@30')).toEqual({
      backgroundMode: BackgroundMode.FITTED,
      background: { angleDegrees: 30, stops: [] },
    });
  });
  it('spreads colors from top to bottom', () => {
    const { backgroundMode, background } = parseBackground('#000,#ff8000,#ffffff@-90');
    expect(backgroundMode).toBe(BackgroundMode.FIXED);
    expect(background.angleDegrees).toBe(-90);
    expect(background.stops.map(({ offset }) => offset)).toEqual([0, 0.5, 1]);
    expect(background.stops[1]!.color).toEqual({ red: 1, green: 128 / 255, blue: 0 });
  });
  it('reads one color', () => {
    expect(parseBackground('#336699').background.stops).toHaveLength(1);
  });
  it.each(['', 'blue', '#12345', 'fit@', 'fit@north', 'photo@1@2', '#fff,', Array(17).fill('#fff').join()])(
    'refuses "%s"',
    (text) => expect(() => parseBackground(text)).toThrow('Expected fit'),
  );
});
