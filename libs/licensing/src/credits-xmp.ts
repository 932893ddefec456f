import type { CollageLicense } from '@collage/proto/collage/v1/collage.js';
import type { Credit } from '@collage/proto/collage/v1/photo.js';
import { attributionLine, visibleCredits } from './attribution.js';
import { authorOf, linkable, nameAndAddress, NO_ENDORSEMENT, oneLine, titleOf } from './credit-words.js';

/** A JPEG takes 65,502 bytes of XMP in one segment. The same bound for every format: the same recipe, the same words. */
export const MAX_XMP_BYTES = 65_000;

/** Prefixes of the XMP specification, of Creative Commons and of IPTC; and our own, for what none of them has. */
const NAMESPACES = {
  dc: 'http://purl.org/dc/elements/1.1/',
  xmpRights: 'http://ns.adobe.com/xap/1.0/rights/',
  photoshop: 'http://ns.adobe.com/photoshop/1.0/',
  cc: 'http://creativecommons.org/ns#',
  Iptc4xmpExt: 'http://iptc.org/std/Iptc4xmpExt/2008-02-29/',
  collage: 'urn:clip-and-paste:collage:1#',
};

/**
 * The credits as an XMP packet, to be written into the picture, which travels without its page. It holds
 *
 * - `dc:title` (the prompt), `dc:creator` (the photos' authors, the most visible first), `photoshop:Credit` (them in
 *   one line), `dc:rights` (the license and every photo's attribution, in words);
 * - `cc:license`, `xmpRights:WebStatement`, `xmpRights:UsageTerms`, `xmpRights:Marked`: the collage's license;
 * - `Iptc4xmpExt:ArtworkOrObject`, IPTC's list of works seen in a picture: for each photo title, author, source,
 *   license, and as `collage:changes` and `collage:visibleShare` what was done to it and how much of it is seen.
 *
 * IPTC's own fields are in XMP (IPTC Photo Metadata Standard), not in the old binary IIM block: that is what readers
 * look at first today, and it has no limit of 32 characters. No time stamps: the same credits, the same bytes.
 *
 * When it would be longer than `maxBytes`, the list goes first (the words remain), then the photos seen least, which
 * are counted in the words.
 * @param credits one for each photo; those without a visible share are left out
 */
export function creditsXmp(
  credits: readonly Credit[],
  license: CollageLicense,
  { prompt }: { prompt: string },
  maxBytes = MAX_XMP_BYTES,
): string {
  const visible = visibleCredits(credits);
  // Only what is far too long is shortened: a prompt has at most 1,000 characters.
  const title = Array.from(prompt).slice(0, 1000).join('');
  const fits = (packet: string): boolean => Buffer.byteLength(packet) <= maxBytes;
  const whole = packetOf(visible, visible.length, license, title, true);
  if (fits(whole)) return whole;
  for (let count = visible.length; count > 0; count--) {
    const packet = packetOf(visible, count, license, title, false);
    if (fits(packet)) return packet;
  }
  return packetOf(visible, 0, license, title, false);
}

/** @param count how many of the photos are named, the most visible first */
function packetOf(
  visible: readonly Credit[],
  count: number,
  { license, explanation }: CollageLicense,
  prompt: string,
  listed: boolean,
): string {
  const named = visible.slice(0, count);
  const authors = [...new Set(named.map(authorOf))];
  const terms = `This collage may be published under ${license ? nameAndAddress(license) : 'no license'}.`;
  const rest = visible.length - count;
  const rights = [
    terms,
    ...named.map((credit, index) => `${index + 1}. ${attributionLine(credit)}`),
    ...(rest > 0 ? [`And ${rest} more photos, named in the collage's credits.`] : []),
    NO_ENDORSEMENT,
  ];
  const address = linkable(license?.url ?? '');
  const properties = [
    ['dc:title', alternative(prompt)],
    ['dc:creator', list('Seq', authors.map(escaped))],
    ['dc:rights', alternative(rights.map(oneLine).join('\n'))],
    ['photoshop:Credit', authors.length > 0 ? escaped(`Photos: ${authors.join(', ')}`) : ''],
    // Marked: somebody's rights are reserved, however few.
    ['xmpRights:Marked', license?.id === 'CC0-1.0' ? 'False' : 'True'],
    ['xmpRights:UsageTerms', alternative(`${terms} ${explanation}`)],
    ['xmpRights:WebStatement', escaped(address ?? '')],
    ['Iptc4xmpExt:ArtworkOrObject', listed ? list('Bag', named.map(photoFields), RESOURCE) : ''],
  ];
  const spaces = Object.entries(NAMESPACES).map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`);
  return [
    '<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>',
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">',
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
    `<rdf:Description rdf:about=""${spaces.join('')}>`,
    ...properties.flatMap(([name, value]) => (value ? [`<${name}>${value}</${name}>`] : [])),
    ...(address ? [`<cc:license rdf:resource="${escaped(address)}"/>`] : []),
    '</rdf:Description>',
    '</rdf:RDF>',
    '</x:xmpmeta>',
    '<?xpacket end="r"?>',
  ].join('\n');
}

const RESOURCE = ' rdf:parseType="Resource"';

/** One photo of the list, as IPTC's structure for a work seen in the picture. */
function photoFields(credit: Credit): string {
  const { license, sourceUrl, changes, earlierChanges, visibleShare } = credit;
  const address = linkable(license?.url ?? '');
  const fields = [
    ['Iptc4xmpExt:AOTitle', alternative(titleOf(credit))],
    ['Iptc4xmpExt:AOCreator', list('Seq', [escaped(authorOf(credit))])],
    ['Iptc4xmpExt:AOSource', escaped(sourceUrl)],
    ['Iptc4xmpExt:AOCopyrightNotice', escaped(license ? nameAndAddress(license) : '')],
    ['collage:changes', escaped(changes)],
    ['collage:earlierChanges', escaped(earlierChanges)],
    ['collage:visibleShare', visibleShare.toFixed(6)],
  ];
  return [
    ...fields.flatMap(([name, value]) => (value ? [`<${name}>${value}</${name}>`] : [])),
    ...(address ? [`<cc:license rdf:resource="${escaped(address)}"/>`] : []),
  ].join('');
}

/** A text in one language or another; ours are in whatever language the world uses. */
function alternative(text: string): string {
  return `<rdf:Alt><rdf:li xml:lang="x-default">${text.split('\n').map(escaped).join('\n')}</rdf:li></rdf:Alt>`;
}

function list(kind: 'Bag' | 'Seq', items: readonly string[], attributes = ''): string {
  if (items.length === 0) return '';
  return `<rdf:${kind}>${items.map((item) => `<rdf:li${attributes}>${item}</rdf:li>`).join('')}</rdf:${kind}>`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
/** What XML can't hold: half characters and two that are none; control characters are gone already. */
const NOT_XML = /[\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

function escaped(text: string): string {
  return oneLine(text.replaceAll(NOT_XML, ' ')).replaceAll(/[&<>"]/g, (character) => ENTITIES[character]!);
}
