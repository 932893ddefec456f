import { Collage, type CollageLicense, type CollageModels } from '@collage/proto/collage/v1/collage.js';
import type { Credit } from '@collage/proto/collage/v1/photo.js';
import {
  NO_ENDORSEMENT,
  authorOf,
  grant,
  nameAndAddress,
  oneLine,
  percentage,
  titleOf,
  warningOf,
} from './credit-words.js';

/**
 * One credit on one line, by the recommended practice of Creative Commons: title, author, source, license, changes.
 * Given for public-domain photos too, where nothing is owed: it keeps the provenance.
 */
export function attributionLine(credit: Credit): string {
  const page = oneLine(credit.authorUrl);
  const sentences = [
    `"${titleOf(credit)}" by ${authorOf(credit)}${page && ` (${page})`}, ${grant(credit.license)}`,
    credit.sourceUrl && `source: ${oneLine(credit.sourceUrl)}`,
    credit.changes && `changes made: ${oneLine(credit.changes)}`,
    credit.earlierChanges && `earlier changes: ${oneLine(credit.earlierChanges)}`,
    warningOf(credit) && `its source warns of: ${warningOf(credit)}`,
  ];
  return sentences.filter(Boolean).join('; ') + '.';
}

/** The credits of photos that are seen in the picture, the most visible first; equal ones by title. */
export function visibleCredits(credits: readonly Credit[]): Credit[] {
  return credits
    .filter((credit) => credit.visibleShare > 0)
    .toSorted(
      (a, b) =>
        b.visibleShare - a.visibleShare ||
        a.title.localeCompare(b.title, 'en') ||
        a.photoDigest.localeCompare(b.photoDigest, 'en'),
    );
}

/**
 * The whole of `credits.txt`: the collage's own license and why, then every visible photo with the share
 * of the picture where it is seen.
 * @param credits one for each photo; those without a visible share are left out
 * @param about the prompt, and which models made it, in words (`describeModels`)
 */
export function creditsText(
  credits: readonly Credit[],
  collageLicense: CollageLicense,
  { prompt, models = '' }: { prompt: string; models?: string },
): string {
  const visible = visibleCredits(credits);
  const { license, explanation, forcedBy } = collageLicense;
  const numberWidth = String(visible.length).length;
  const entries = visible.map((credit, index) => {
    const number = String(index + 1).padStart(numberWidth);
    return `${number}. ${percentage(credit.visibleShare).padStart(7)}  ${attributionLine(credit)}`;
  });
  return [
    `Photo collage: "${oneLine(prompt)}"`,
    '',
    `This collage may be published under ${license ? nameAndAddress(license) : 'no license'}.`,
    oneLine(explanation),
    ...(forcedBy.length > 0
      ? [`Because of: ${forcedBy.map((title) => `"${oneLine(title)}"`).join(', ')}.`]
      : []),
    '',
    visible.length > 0
      ? 'Photos, by the share of the picture where each is seen:'
      : 'No photo is seen in it.',
    '',
    ...entries.flatMap((entry) => [entry, '']),
    ...(models ? [`Made without a generative model: ${oneLine(models)}.`, ''] : []),
    NO_ENDORSEMENT,
    '',
  ].join('\n');
}

/** The contents of `credits.json`: proto3 JSON of the fields `credits`, `license` and `models` of a Collage. */
export function creditsJson(
  credits: readonly Credit[],
  collageLicense: CollageLicense,
  models?: CollageModels,
): string {
  const collage = Collage.fromPartial({ credits: visibleCredits(credits), license: collageLicense, models });
  return `${JSON.stringify(Collage.toJSON(collage), null, 2)}\n`;
}
