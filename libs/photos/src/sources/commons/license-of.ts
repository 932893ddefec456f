import { parseLicense } from '@collage/licensing/license.js';
import { licenseTerms, UNKNOWN_LICENSE_ID } from '@collage/licensing/license-terms.js';
import type { License } from '@collage/proto/collage/v1/photo.js';
import { type ExtendedMetadata, metadataValue } from './extended-metadata.js';
import { plainText } from './plain-text.js';

/**
 * The license a file is offered under.
 *
 * `LicenseShortName` with `LicenseUrl` decides; `UsageTerms` (the long name) and `License` (the wiki's own code, such
 * as "cc-by-sa-3.0" or "pd") decide where it is absent. Names that were understood must agree, else the license is
 * unknown: it may be used for what every one of them allows, and nobody knows that.
 * A public-domain name that was not understood (it may be in any language) is taken for one where both the code
 * and `Copyrighted: False` say so.
 * A file of several licenses shows one of them; where that is the GFDL, the free Creative Commons license beside it is
 * found in its categories.
 *
 * @returns a license as `parseLicense` gives it; with empty id and name where none is given
 */
export function licenseOf(metadata: ExtendedMetadata): License {
  const value = (field: string): string => plainText(metadataValue(metadata, field));
  const [short, long, code, url] = ['LicenseShortName', 'UsageTerms', 'License', 'LicenseUrl'].map(value) as [
    string,
    string,
    string,
    string,
  ];
  if (short === '' && long === '' && code === '' && url === '') return { id: '', name: '', url: '' };
  // Files that may stay only because a wiki tolerates it.
  if (/^(?:true|1|yes)$/i.test(value('NonFree'))) return unknown(short || long || 'non-free', url);

  const shown = short === '' && long === '' ? parseLicense(code, url) : parseLicense(short || long, url);
  if (shown.id === UNKNOWN_LICENSE_ID) {
    const isPublicDomain = /^(?:pd|cc0|cc-zero)\b/.test(code) && /^false$/i.test(value('Copyrighted'));
    return isPublicDomain && url === '' ? parseLicense(code) : shown;
  }
  const others = [long, code].map((name) => parseLicense(name));
  if (others.some(({ id }) => id !== UNKNOWN_LICENSE_ID && !agree(id, shown.id))) {
    return unknown([...new Set([short, long, code])].filter(Boolean).join(' / '), url);
  }
  return shown.id === 'GFDL' ? (freeBeside(value('Categories')) ?? shown) : shown;
}

/** Equal but for what one of them leaves open: the port, or which kind of public domain. */
function agree(a: string, b: string): boolean {
  const plain = (id: string): string => (id === 'CC0-1.0' ? 'PD' : id.replace(/(\d\.\d)-[A-Z]+$/, '$1'));
  return plain(a) === plain(b);
}

/** Of the licenses that categories such as "CC-BY-SA-3.0-migrated" name, the least restrictive that is free. */
function freeBeside(categories: string): License | undefined {
  const offered = categories
    .split('|')
    .map((category) => category.trim())
    .filter(
      (category) => /^CC-(?:BY|Zero)/i.test(category) && parseLicense(category).id !== UNKNOWN_LICENSE_ID,
    );
  const license = parseLicense(offered.join(' | '));
  const { noncommercial, noDerivatives, family } = licenseTerms(license);
  return family === 'UNKNOWN' || noncommercial || noDerivatives ? undefined : license;
}

function unknown(name: string, url: string): License {
  return { id: UNKNOWN_LICENSE_ID, name, url };
}
