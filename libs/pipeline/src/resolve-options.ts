import {
  BackgroundMode,
  CollageOptions,
  PartOfSpeech,
  PictureFormat,
  Quality,
} from '@collage/proto/collage/v1/collage.js';
import type { WeightedText } from '@collage/proto/collage/v1/composition_service.js';
import { Gradient } from '@collage/proto/collage/v1/scene.js';
import { licenseWishes } from '@collage/licensing/wanted-licenses.js';
import { validateGradient } from '@collage/scene/validate-scene.js';
import { type OptionRange, optionRanges, textLimits, widthPixelsRange } from './option-ranges.js';
import { efforts } from './quality-settings.js';
import { budgetLimits } from './time-budget.js';

/** The others are counts, pixels or seeds: whole. */
const fractional: readonly (keyof CollageOptions)[] = ['aspectRatio', 'timeBudgetSeconds'];

/** An option that cannot be used; the message names it, what was expected and what came. */
export class OptionInvalidError extends Error {
  override readonly name = 'OptionInvalidError';
  constructor(
    readonly field: string,
    expected: string,
    received: unknown,
  ) {
    super(`Expected ${expected} for ${field} but received ${JSON.stringify(received)}`);
  }
}

function inRange(field: string, value: number, { minimum, maximum }: OptionRange, isWhole: boolean): void {
  if (value >= minimum && value <= maximum && (!isWhole || Number.isInteger(value))) return;
  const expected = `${isWhole ? 'an integer' : 'a number'} from ${minimum} to ${maximum}`;
  throw new OptionInvalidError(field, expected, value);
}

function withWeight({ text, weight }: WeightedText): WeightedText {
  return { text, weight: weight === 0 ? 1 : weight };
}

function checkTexts(field: string, texts: WeightedText[]): void {
  const { count, characters } = textLimits;
  if (texts.length > count) throw new OptionInvalidError(field, `at most ${count} texts`, texts.length);
  for (const [index, { text, weight }] of texts.entries()) {
    if (text.trim() === '' || text.length > characters) {
      throw new OptionInvalidError(`${field}[${index}]`, `1 to ${characters} characters`, text.slice(0, 80));
    }
    if (!(weight >= 0 && weight < Infinity)) {
      throw new OptionInvalidError(`${field}[${index}].weight`, 'a number above 0 (0: 1)', weight);
    }
  }
}

/**
 * Fills in every default, so that the recipe says all: the same resolved options, photos and models
 * make the same picture even after a default changes.
 * @throws OptionInvalidError for the first value out of its range (option-ranges.ts), LicenseNameError;
 *   SceneInvalidError where a fixed background is no gradient
 */
export function resolveOptions(given: Partial<CollageOptions>): CollageOptions {
  const options = CollageOptions.create(given);
  const quality = options.quality === Quality.UNSPECIFIED ? Quality.NORMAL : options.quality;
  if (!(quality in efforts)) throw new OptionInvalidError('quality', 'draft, normal or high', given.quality);
  const effort = efforts[quality as keyof typeof efforts];
  // A time budget asks for as much as fits into it, not for a quality's numbers.
  const counts = options.timeBudgetSeconds === 0 ? effort : budgetLimits;
  const resolved: CollageOptions = {
    ...options,
    quality,
    aspectRatio: options.aspectRatio || 1.5,
    heightPixels: options.heightPixels || 1024,
    layoutCount: options.layoutCount || counts.layoutCount,
    variationCount: options.variationCount || counts.variationCount,
    backgroundIterationCount: options.backgroundIterationCount || counts.backgroundIterationCount,
    iterationCount: options.iterationCount || counts.iterationCount,
    patienceStepCount: options.patienceStepCount || effort.patienceStepCount,
    viewCount: options.viewCount || effort.viewCount,
    cutoutCount: options.cutoutCount || effort.cutoutCount,
    photoCount: options.photoCount || 100,
    partsOfSpeech:
      options.partsOfSpeech.length > 0
        ? options.partsOfSpeech
        : [PartOfSpeech.NOUN, PartOfSpeech.ADJECTIVE, PartOfSpeech.VERB],
    backgroundMode:
      options.backgroundMode === BackgroundMode.UNSPECIFIED ? BackgroundMode.FITTED : options.backgroundMode,
    pictureFormat:
      options.pictureFormat === PictureFormat.UNSPECIFIED ? PictureFormat.PNG : options.pictureFormat,
    background: options.background ?? Gradient.create(),
    keyphrases: options.keyphrases.map(withWeight),
    negatives: options.negatives.map(withWeight),
    ...licenseWishes(options.licenses, options.noncommercialAllowed),
  };
  for (const [name, range] of Object.entries(optionRanges) as [keyof typeof optionRanges, OptionRange][]) {
    // No default: no limit.
    if (name === 'timeBudgetSeconds' && resolved.timeBudgetSeconds === 0) continue;
    inRange(name, resolved[name], range, !fractional.includes(name));
  }
  const width = Math.round(resolved.heightPixels * resolved.aspectRatio);
  inRange('width in pixels', width, widthPixelsRange, true);
  if (resolved.backgroundMode === BackgroundMode.FIXED) {
    if (resolved.background?.stops.length === 0)
      throw new OptionInvalidError('background', 'at least one color', []);
    validateGradient('background', resolved.background!);
  }
  checkTexts('keyphrases', resolved.keyphrases);
  checkTexts('negatives', resolved.negatives);
  return resolved;
}
