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
 * The whole of `credits.html`, a page of its own without scripts or styles: what `credits.txt` says, with links.
 * Every foreign text is escaped, only http and https addresses become links, and a name in another script can't turn
 * the line around (`bdi`).
 * @param credits one for each photo; those without a visible share are left out
 */
export function creditsHtml(
  credits: readonly Credit[],
  { license, explanation, forcedBy }: CollageLicense,
  { prompt, models = '' }: { prompt: string; models?: string },
): string {
  const visible = visibleCredits(credits);
  const because = forcedBy.map((title) => `<cite>${foreign(title)}</cite>`).join(', ');
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    `<title>Credits of "${escaped(prompt)}"</title>`,
    '</head>',
    '<body>',
    `<h1>Photo collage: <q>${foreign(prompt)}</q></h1>`,
    `<p>This collage may be published under ${license ? licenseLink(license, ' rel="license"') : 'no license'}.</p>`,
    `<p>${escaped(explanation)}</p>`,
    ...(because ? [`<p>Because of: ${because}.</p>`] : []),
    ...(visible.length > 0
      ? [
          '<h2>Photos, by the share of the picture where each is seen</h2>',
          '<ol>',
          ...visible.map((credit) => `<li>${creditHtml(credit)}</li>`),
          '</ol>',
        ]
      : ['<p>No photo is seen in it.</p>']),
    ...(models ? [`<p>Made without a generative model: ${escaped(models)}.</p>`] : []),
    `<footer><small>${escaped(NO_ENDORSEMENT)}</small></footer>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** One credit as a line of HTML: share, title, author, license, changes, each linked where it has an address. */
export function creditHtml(credit: Credit): string {
  const { license, visibleShare, changes, earlierChanges } = credit;
  const sentences = [
    `<data value="${visibleShare.toFixed(6)}">${escaped(percentage(visibleShare))}</data> ` +
      `<cite>${link(credit.sourceUrl, foreign(titleOf(credit)))}</cite> ` +
      `by ${link(credit.authorUrl, foreign(authorOf(credit)), ' rel="author"')}, ${grantHtml(license)}`,
    changes && `changes made: ${escaped(changes)}`,
    earlierChanges && `earlier changes: ${foreign(earlierChanges)}`,
    warningOf(credit) && `its source warns of: ${foreign(warningOf(credit))}`,
  ];
  return `${sentences.filter(Boolean).join('; ')}.`;
}

function grantHtml(license: License | undefined): string {
  if (!license || (license.name === '' && license.url === '')) return 'license unknown';
  return license.id === 'PD' ? 'public domain' : `licensed under ${licenseLink(license)}`;
}

function licenseLink(license: License, relation = ''): string {
  return link(license.url, escaped(license.name || license.id), relation);
}

function link(address: string, html: string, relation = ''): string {
  const target = linkable(address);
  return target === undefined ? html : `<a href="${escaped(target)}"${relation}>${html}</a>`;
}

/** Text of another's making, apart from the direction of what stands around it. */
function foreign(text: string): string {
  return `<bdi>${escaped(text)}</bdi>`;
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return oneLine(text).replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);
}
