import type { License } from '@collage/proto/collage/v1/photo.js';
import { licenseIdFromAddress } from './license-address.js';
import { jurisdictionNamesToCodes } from './license-jurisdictions.js';
import { licenseTerms, OTHER_LICENSES, UNKNOWN_LICENSE_ID } from './license-terms.js';
import { licenseIdFromWords } from './license-words.js';
import { namesOwnerOnly } from './owner-words.js';

/** Something in the text takes rights away, so an address beside it may not overrule the text. */
const RESTRICTION =
  /no[nt]?[\s-]?commercial|\bnc\b|no[\s-]?deriv|\bnd\b|all rights reserved|permission|prohibited|\bnot for\b|\bno ai\b|editorial use|fair use/i;
/** A name's own address beside it. */
const DEED = /https?:\/\/(?:www\.)?creativecommons\.org\/[\w./+-]+/gi;
/** Between licenses that one may choose from; "or later" is no choice. */
const CHOICE = /\s*[|/]\s*|\s+or\s+(?!(?:any )?later\b)/i;

/** Whether a text takes rights away in so many words ("All rights reserved"), be it a license or not. */
export function takesRightsAway(text: string): boolean {
  return RESTRICTION.test(text);
}

/**
 * Reads a license in any usual spelling, from its name, its address, or both.
 * Several licenses joined by "or", "/" or "|" are a choice: the least restrictive is taken, the newest of
 * its versions. Every one of them must be understood, or say only whose the photo is ("© Ann"): it may be no license
 * but a condition ("CC BY 4.0 / no AI use"). Text that is not understood to the last word, a Creative Commons license
 * without a version, and a name and address that contradict each other give the id "UNKNOWN", and the name as it was
 * found.
 * @param text name of the license as its source writes it, such as "CC BY-SA 4.0" or "cc-by-2.0-de"; may be empty
 * @param url address of the license's text or deed, where the source gives one
 */
export function parseLicense(text: string, url = ''): License {
  const offered = licenseIdsFromText(text);
  const addressed = licenseIdFromAddress(url);
  const id = addressed === undefined ? leastRestrictive(offered) : reconcile(text, offered, addressed);
  return id === undefined ? { id: UNKNOWN_LICENSE_ID, name: text.trim(), url: url.trim() } : canonical(id);
}

/** Ids of the licenses that a text offers the choice of; undefined for each of them that was not understood. */
function licenseIdsFromText(text: string): (string | undefined)[] {
  const addressed = /\s/.test(text.trim()) ? undefined : licenseIdFromAddress(text);
  const whole = addressed ?? licenseIdFromWords(text);
  if (whole !== undefined) {
    return [whole];
  }
  const offered = text
    .replaceAll(DEED, '')
    .split(CHOICE)
    .filter((part) => part.trim() !== '' && !namesOwnerOnly(part))
    .map(licenseIdOfChoice);
  // A name and its address are one license, not a choice.
  const deeds = (text.match(DEED) ?? []).map((address) => licenseIdFromAddress(address));
  return deeds.every((deed) => deed !== undefined && agree(offered, deed))
    ? offered
    : [...offered, undefined];
}

/** Id of the license that one of several alternatives names; nothing when it was not understood to the last word. */
function licenseIdOfChoice(text: string): string | undefined {
  const whole = licenseIdFromWords(text);
  if (whole !== undefined) {
    return whole;
  }
  const listed = jurisdictionNamesToCodes(text.toLowerCase());
  // "GFDL and CC BY-SA 3.0" is how Wikimedia names its old double license, and means a choice;
  // between Creative Commons licenses "and" may mean that each covers a part.
  const joined = listed.split(/\s*[,;&+]\s*|\s+and\s+/).map(licenseIdFromWords);
  const others = joined.filter((id) => id === undefined || !isGnu(id));
  const [only] = others;
  return others.length === 1 ? only : undefined;
}

function isGnu(id: string): boolean {
  return ['GFDL', 'GPL', 'LGPL', 'AGPL'].includes(id);
}

function reconcile(
  text: string,
  offered: readonly (string | undefined)[],
  addressed: string,
): string | undefined {
  if (offered.every((id) => id === undefined)) {
    return takesRightsAway(text) ? undefined : addressed;
  }
  return !offered.includes(undefined) && agree(offered, addressed) ? addressed : undefined;
}

function agree(offered: readonly (string | undefined)[], addressed: string): boolean {
  const publicDomain = offered.every(isPublicDomain) && isPublicDomain(addressed);
  const sameButPort = offered.some((id) => id !== undefined && withoutPort(id) === withoutPort(addressed));
  return publicDomain || sameButPort;
}

function isPublicDomain(id: string | undefined): boolean {
  return id === 'PD' || id === 'CC0-1.0';
}

function withoutPort(id: string): string {
  return id.replace(/(\d\.\d)-[A-Z]+$/, '$1');
}

/** The first is the least restrictive, of one family the newest version; nothing where one was not understood. */
function leastRestrictive(offered: readonly (string | undefined)[]): string | undefined {
  const ids = offered.filter((id) => id !== undefined);
  if (ids.length < offered.length) return undefined;
  return ids.toSorted((a, b) => burden(a) - burden(b) || b.localeCompare(a, 'en')).at(0);
}

function burden(id: string): number {
  const terms = licenseTerms(canonical(id));
  const otherCopyleft = terms.family === 'COPYLEFT';
  return (
    (terms.attribution ? 1 : 0) +
    (terms.shareAlike ? 2 : 0) +
    (terms.noncommercial ? 4 : 0) +
    (terms.noDerivatives ? 8 : 0) +
    (otherCopyleft ? 16 : 0)
  );
}

/** A license by its canonical id, with the name people write and the address of its text. */
function canonical(id: string): License {
  if (id === 'PD') {
    return { id, name: 'Public domain', url: '' };
  }
  if (id === 'CC0-1.0') {
    return { id, name: 'CC0 1.0', url: 'https://creativecommons.org/publicdomain/zero/1.0/' };
  }
  const other = OTHER_LICENSES[id];
  if (other) {
    return { id, name: other.name, url: other.url };
  }
  const [, elements = '', version = '', , port = ''] = /^CC-([A-Z-]+)-(\d\.\d)(-([A-Z]+))?$/.exec(id) ?? [];
  const address = [elements, version, port].filter(Boolean).join('/').toLowerCase();
  return {
    id,
    name: ['CC', elements, version, port].filter(Boolean).join(' '),
    url: `https://creativecommons.org/licenses/${address}/`,
  };
}
