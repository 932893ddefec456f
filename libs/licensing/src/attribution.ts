import { Collage, type CollageLicense, type CollageModels } from '@collage/proto/collage/v1/collage.js';
import type { Credit, License } from '@collage/proto/collage/v1/photo.js';

/** Control, line-separating and direction-overriding characters: they could fake another line or reorder one. */
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]+/g;

/**
 * One credit on one line, by the recommended practice of Creative Commons: title, author, source, license, changes.
 * Given for public-domain photos too, where nothing is owed: it keeps the provenance.
 */
export function attributionLine(credit: Credit): string {
  const author = oneLine(credit.author) || 'unknown author';
  const page = oneLine(credit.authorUrl);
  const sentences = [
    `"${titleOf(credit)}" by ${author}${page && ` (${page})`}, ${grant(credit.license)}`,
    credit.sourceUrl && `source: ${oneLine(credit.sourceUrl)}`,
    credit.changes && `changes made: ${oneLine(credit.changes)}`,
    credit.earlierChanges && `earlier changes: ${oneLine(credit.earlierChanges)}`,
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
    "None of the authors endorses this collage. The license stated is an engineer's reading, not legal advice.",
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

function titleOf(credit: Credit): string {
  return oneLine(credit.title) || 'untitled photo';
}

function grant(license: License | undefined): string {
  if (!license || (license.name === '' && license.url === '')) {
    return 'license unknown';
  }
  return license.id === 'PD' ? 'public domain' : `licensed under ${nameAndAddress(license)}`;
}

function nameAndAddress(license: License): string {
  const name = oneLine(license.name) || license.id;
  return license.url ? `${name} (${oneLine(license.url)})` : name;
}

function oneLine(text: string): string {
  return text.replaceAll(UNPRINTABLE, ' ').replaceAll(/\s+/g, ' ').trim();
}

function percentage(share: number): string {
  const percent = share * 100;
  return percent < 0.1 ? '< 0.1 %' : `${percent.toFixed(1)} %`;
}
