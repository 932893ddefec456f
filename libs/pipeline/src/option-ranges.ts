import type { CollageOptions } from '@collage/proto/collage/v1/collage.js';

/** What a number among the options may be. In a request 0 means the default of each, also where it is out of its range. */
export interface OptionRange {
  minimum: number;
  maximum: number;
}

type NumberOption = {
  [Name in keyof CollageOptions]: CollageOptions[Name] extends number ? Name : never;
}[keyof CollageOptions];
type EnumOption = 'quality' | 'backgroundMode' | 'pictureFormat';

/** The ranges that options are held to, and that the HTTP API's schema shows. -1 means none. */
export const optionRanges = {
  seed: { minimum: 0, maximum: 2 ** 31 - 1 },
  aspectRatio: { minimum: 0.1, maximum: 10 },
  heightPixels: { minimum: 64, maximum: 4096 },
  layoutCount: { minimum: 1, maximum: 10_000 },
  variationCount: { minimum: -1, maximum: 10_000 },
  backgroundIterationCount: { minimum: -1, maximum: 10_000 },
  iterationCount: { minimum: -1, maximum: 10_000 },
  patienceStepCount: { minimum: -1, maximum: 10_000 },
  timeBudgetSeconds: { minimum: 1, maximum: 86_400 },
  viewCount: { minimum: 1, maximum: 64 },
  cutoutCount: { minimum: 1, maximum: 300 },
  photoCount: { minimum: 1, maximum: 1000 },
} as const satisfies Record<Exclude<NumberOption, EnumOption>, OptionRange>;

/** The picture's width, which follows from height and aspect ratio. */
export const widthPixelsRange: OptionRange = { minimum: 64, maximum: 16_384 };

/** As many texts (keyphrases, negatives) as the sidecar takes, and as long ones. */
export const textLimits = { count: 100, characters: 1000 } as const;
