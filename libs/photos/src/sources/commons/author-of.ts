import { type ExtendedMetadata, metadataValue } from './extended-metadata.js';
import { attribute, type Element, linesOf, visibleElements, visibleNodes } from './plain-text.js';

/** Who is to be named for a photo. */
export interface Author {
  /** As they wish to be named; empty where nobody knows. */
  name: string;
  /** Their page; may be empty. */
  url: string;
}

/** Whole biographies stand in the field at times. */
const MAX_NAME_LENGTH = 200;
const NOBODY =
  /^(?:(?:the )?(?:author|photographer|artist|creator) (?:is )?(?:unknown|not given)|unknown(?: (?:author|photographer|artist|creator|or not provided))?|unknown ?author ?unknown ?author|not (?:given|known|provided|stated)|n\/?a|none|see (?:below|description|source)|[-–—?.]+)\.?$/i;
/** Pages about a user that are not the user's page. */
const ASIDE = /(?:User[_ ]talk|Special)(?::|%3A)/i;

/**
 * The author as the license wants them named: the wording that they ask for (Attribution), where there is one, else
 * Artist. Of a card about a person (vcard) only the name is taken; links to talk pages are left out; what readers do
 * not see does not count.
 * @param pageUrl the file's page, for addresses that are relative to it
 */
export function authorOf(metadata: ExtendedMetadata, pageUrl: string): Author {
  const artist = readAuthor(metadataValue(metadata, 'Artist'), pageUrl);
  const wanted = readAuthor(metadataValue(metadata, 'Attribution'), pageUrl);
  return wanted.name === '' ? artist : { name: wanted.name, url: wanted.url || artist.url };
}

function readAuthor(value: string, pageUrl: string): Author {
  const all = visibleNodes(value);
  const elements = visibleElements(all);
  const isCard = elements.some((element) => classes(element).includes('vcard'));
  const named = isCard ? elements.find((element) => classes(element).includes('fn')) : undefined;
  const nodes = named ? [named] : all;
  const lines = linesOf(nodes, (element) => ASIDE.test(attribute(element, 'href') ?? ''));
  const name = lines
    .join(', ')
    // What is left of "(talk · contribs)" and of lists' ends.
    .replaceAll(/\s*[([][\s·•|,/]*[)\]]/g, '')
    .replaceAll(/\s*,(?:\s*,)+/g, ',')
    .replace(/^(?:photo(?:graph)?s?\s+)?by:?\s+/i, '')
    .replace(/[\s,;]+$/, '');
  if (name === '' || NOBODY.test(name)) return { name: '', url: '' };
  const links = visibleElements(nodes).map((element) => pageOf(element, pageUrl));
  return { name: shortened(name), url: links.find((link) => link !== '') ?? '' };
}

/** The address that a link leads to, or empty: only pages that exist, of people, on the web. */
function pageOf(element: Element, pageUrl: string): string {
  const target = element.tagName === 'a' ? attribute(element, 'href') : undefined;
  if (target === undefined || target.trim() === '' || ASIDE.test(target) || /[?&]redlink=1/.test(target)) {
    return '';
  }
  if (!URL.canParse(target.trim(), pageUrl)) return '';
  const { protocol, href } = new URL(target.trim(), pageUrl);
  const ofNobody = /\/wiki\/(?:File|Category|Help)(?::|%3A)/i.test(href);
  return /^https?:$/.test(protocol) && !ofNobody ? href : '';
}

function classes(element: Element): string[] {
  return (attribute(element, 'class') ?? '').split(/\s+/);
}

function shortened(name: string): string {
  return name.length <= MAX_NAME_LENGTH ? name : `${name.slice(0, MAX_NAME_LENGTH - 1).trimEnd()}…`;
}
