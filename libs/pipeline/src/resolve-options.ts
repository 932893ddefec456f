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
import { efforts } from './quality-settings.js';
import { budgetLimits } from './time-budget.js';

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

function inRange(field: string, value: number, low: number, high: number, whole: boolean): void {
  if (!Number.isFinite(value) || value < low || value > high || (whole && !Number.isInteger(value))) {
    throw new OptionInvalidError(field, `${whole ? 'an integer' : 'a number'} from ${low} to ${high}`, value);
  }
}

/** As many and as long as the sidecar takes. */
const MAX_TEXTS = 100;
const MAX_TEXT_CHARACTERS = 1000;

function checkTexts(field: string, texts: WeightedText[]): void {
  if (texts.length > MAX_TEXTS)
    throw new OptionInvalidError(field, `at most ${MAX_TEXTS} texts`, texts.length);
  for (const [index, { text }] of texts.entries()) {
    if (text.trim() === '' || text.length > MAX_TEXT_CHARACTERS) {
      throw new OptionInvalidError(
        `${field}[${index}]`,
        `1 to ${MAX_TEXT_CHARACTERS} characters`,
        text.slice(0, 80),
      );
    }
  }
}

/**
 * Fills in every default, so that the recipe says all: the same resolved options, photos and models
 * make the same picture even after a default changes.
 * @throws OptionInvalidError for the first value out of its range (ranges in collage.proto), LicenseNameError
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
    ...licenseWishes(options.licenses, options.noncommercialAllowed),
  };
  inRange('seed', resolved.seed, 0, 2 ** 31 - 1, true);
  inRange('aspectRatio', resolved.aspectRatio, 0.1, 10, false);
  inRange('heightPixels', resolved.heightPixels, 64, 4096, true);
  inRange('width in pixels', Math.round(resolved.heightPixels * resolved.aspectRatio), 64, 16384, true);
  inRange('layoutCount', resolved.layoutCount, 1, 10_000, true);
  inRange('variationCount', resolved.variationCount, -1, 10_000, true);
  inRange('backgroundIterationCount', resolved.backgroundIterationCount, -1, 10_000, true);
  inRange('iterationCount', resolved.iterationCount, -1, 10_000, true);
  inRange('patienceStepCount', resolved.patienceStepCount, -1, 10_000, true);
  if (resolved.timeBudgetSeconds !== 0)
    inRange('timeBudgetSeconds', resolved.timeBudgetSeconds, 1, 86_400, false);
  inRange('viewCount', resolved.viewCount, 1, 64, true);
  inRange('cutoutCount', resolved.cutoutCount, 1, 300, true);
  inRange('photoCount', resolved.photoCount, 1, 1000, true);
  if (resolved.backgroundMode === BackgroundMode.FIXED && resolved.background?.stops.length === 0) {
    throw new OptionInvalidError('background', 'at least one color', []);
  }
  checkTexts('keyphrases', resolved.keyphrases);
  checkTexts('negatives', resolved.negatives);
  return resolved;
}
