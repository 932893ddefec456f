import type { CollageLicense } from '@collage/proto/collage/v1/collage.js';
import type { Credit, License } from '@collage/proto/collage/v1/photo.js';
import { visibleCredits } from './attribution.js';
import {
  authorOf,
  linkable,
  NO_ENDORSEMENT,
  oneLine,
  percentage,
  titleOf,
  warningOf,
} from './credit-words.js';

/**
 * The whole of `credits.md` (CommonMark, ready for a README or an article): what `credits.txt` says, with links.
 * Foreign text is escaped, so that no title can open a link, a picture, HTML or a heading.
 * @param credits one for each photo; those without a visible share are left out
 */
export function creditsMarkdown(
  credits: readonly Credit[],
  { license, explanation, forcedBy }: CollageLicense,
  { prompt, models = '' }: { prompt: string; models?: string },
): string {
  const visible = visibleCredits(credits);
  const because = forcedBy.map((title) => `"${escaped(title)}"`).join(', ');
  return [
    `# Photo collage: "${escaped(prompt)}"`,
    `This collage may be published under ${license ? licenseLink(license) : 'no license'}.`,
    escaped(explanation),
    ...(because ? [`Because of: ${because}.`] : []),
    ...(visible.length > 0
      ? [
          '## Photos, by the share of the picture where each is seen',
          visible.map((credit, index) => `${index + 1}. ${creditMarkdown(credit)}`).join('\n'),
        ]
      : ['No photo is seen in it.']),
    ...(models ? [`Made without a generative model: ${escaped(models)}.`] : []),
    escaped(NO_ENDORSEMENT),
  ]
    .join('\n\n')
    .concat('\n');
}

/** One credit on one line of Markdown: share, title, author, license, changes, each linked where it has an address. */
export function creditMarkdown(credit: Credit): string {
  const { license, visibleShare, changes, earlierChanges } = credit;
  const sentences = [
    `**${escaped(percentage(visibleShare))}** ${link(credit.sourceUrl, titleOf(credit))} ` +
      `by ${link(credit.authorUrl, authorOf(credit))}, ${grantMarkdown(license)}`,
    changes && `changes made: ${escaped(changes)}`,
    earlierChanges && `earlier changes: ${escaped(earlierChanges)}`,
    warningOf(credit) && `its source warns of: ${escaped(warningOf(credit))}`,
  ];
  return `${sentences.filter(Boolean).join('; ')}.`;
}

function grantMarkdown(license: License | undefined): string {
  if (!license || (license.name === '' && license.url === '')) return 'license unknown';
  return license.id === 'PD' ? 'public domain' : `licensed under ${licenseLink(license)}`;
}

function licenseLink(license: License): string {
  return link(license.url, license.name || license.id);
}

function link(address: string, text: string): string {
  const target = linkable(address);
  if (target === undefined) return escaped(text);
  return `[${escaped(text)}](<${target.replaceAll(/[<>\\]/g, encodeURIComponent)}>)`;
}

/** Any ASCII punctuation may stand behind a backslash; these mean something, or start an automatic link. */
function escaped(text: string): string {
  return oneLine(text)
    .replaceAll(/[\\`*_{}[\]()<>#|~&@:$]/g, String.raw`\$&`)
    .replaceAll(/\bwww\./gi, (word) => `${word.slice(0, 3)}\\.`);
}
