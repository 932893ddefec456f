import type { License } from '@collage/proto/collage/v1/photo.js';
import { licenseIdFromAddress } from './license-address.js';
import { jurisdictionNamesToCodes } from './license-jurisdictions.js';
import { licenseTerms, OTHER_LICENSES, UNKNOWN_LICENSE_ID } from './license-terms.js';
import { licenseIdFromWords } from './license-words.js';

/** Something in the text takes rights away, so an address beside it may not overrule the text. */
const RESTRICTION =
  /non[\s-]?commercial|\bnc\b|no[\s-]?deriv|\bnd\b|all rights reserved|permission|fair use/i;

/** Whether a text takes rights away in so many words ("All rights reserved"), be it a license or not. */
export function takesRightsAway(text: string): boolean {
  return RESTRICTION.test(text);
}

/**
 * Reads a license in any usual spelling, from its name, its address, or both.
 * Several licenses joined by "or", "/" or "|" are a choice: the least restrictive is taken, the newest of
 * its versions. Text that is not understood to the last word, a Creative Commons license without a version, and
 * a name and address that contradict each other give the id "UNKNOWN", and the name as it was found.
 * @param text name of the license as its source writes it, such as "CC BY-SA 4.0" or "cc-by-2.0-de"; may be empty
 * @param url address of the license's text or deed, where the source gives one
 */
export function parseLicense(text: string, url = ''): License {
  const choices = licenseIdsFromText(text);
  const addressed = licenseIdFromAddress(url);
  const id = addressed === undefined ? leastRestrictive(choices) : reconcile(text, choices, addressed);
  return id === undefined ? { id: UNKNOWN_LICENSE_ID, name: text.trim(), url: url.trim() } : canonical(id);
}

/** Ids of the licenses that a text offers the choice of; empty when it was not understood. */
function licenseIdsFromText(text: string): string[] {
  const addressed = licenseIdFromAddress(text);
  const whole = addressed ?? licenseIdFromWords(text);
  if (whole !== undefined) {
    return [whole];
  }
  const listed = jurisdictionNamesToCodes(text.toLowerCase());
  const offered = listed.split(/\s*[|/]\s*|\s+or\s+/).map(licenseIdFromWords);
  if (offered.length > 1 && offered.some((id) => id !== undefined)) {
    return offered.filter((id) => id !== undefined);
  }
  // "GFDL and CC BY-SA 3.0" is how Wikimedia names its old double license, and means a choice;
  // between Creative Commons licenses "and" may mean that each covers a part.
  const joined = listed.split(/\s*[,;&+]\s*|\s+and\s+/).map(licenseIdFromWords);
  const others = joined.filter((id) => id === undefined || !isGnu(id));
  const [only] = others;
  return others.length === 1 && only !== undefined ? [only] : [];
}

function isGnu(id: string): boolean {
  return ['GFDL', 'GPL', 'LGPL', 'AGPL'].includes(id);
}

function reconcile(text: string, choices: string[], addressed: string): string | undefined {
  if (choices.length === 0) {
    return takesRightsAway(text) ? undefined : addressed;
  }
  const publicDomain = choices.every(isPublicDomain) && isPublicDomain(addressed);
  const sameButPort = choices.some((choice) => withoutPort(choice) === withoutPort(addressed));
  return publicDomain || sameButPort ? addressed : undefined;
}

function isPublicDomain(id: string): boolean {
  return id === 'PD' || id === 'CC0-1.0';
}

function withoutPort(id: string): string {
  return id.replace(/(\d\.\d)-[A-Z]+$/, '$1');
}

/** Least restrictive first; of one family the newest version. */
function leastRestrictive(ids: string[]): string | undefined {
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
