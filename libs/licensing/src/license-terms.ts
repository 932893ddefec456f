import type { License } from '@collage/proto/collage/v1/photo.js';

/** Id of a license that was not understood; its name keeps the text as it was found. */
export const UNKNOWN_LICENSE_ID = 'UNKNOWN';

/**
 * Groups of licenses that are treated alike:
 * Creative Commons families by name; `PERMISSIVE`: short software licenses that ask for a notice
 * only; `COPYLEFT`: licenses that must stay on adaptations and are not Creative Commons'.
 */
export type LicenseFamily =
  | 'CC0'
  | 'PD'
  | 'CC-BY'
  | 'CC-BY-SA'
  | 'CC-BY-NC'
  | 'CC-BY-NC-SA'
  | 'CC-BY-ND'
  | 'CC-BY-NC-ND'
  | 'CC-SA'
  | 'CC-NC'
  | 'CC-NC-SA'
  | 'CC-ND'
  | 'CC-NC-ND'
  | 'PERMISSIVE'
  | 'COPYLEFT'
  | 'UNKNOWN';

/** What a license asks of an adaptation such as a collage. */
export interface LicenseTerms {
  family: LicenseFamily;
  /** "4.0"; empty where the license has none. */
  version: string;
  /** The author must be named. */
  attribution: boolean;
  /** Adaptations must stay under the same license. */
  shareAlike: boolean;
  /** No commercial use. */
  noncommercial: boolean;
  /** No adaptations at all. */
  noDerivatives: boolean;
}

/**
 * Software licenses that photos in packages carry, by SPDX id. The permissive ones allow any use
 * and adaptation for a notice, as CC BY does; the others are copyleft of another kind, see
 * `licenseVerdict`.
 */
export const OTHER_LICENSES: Record<
  string,
  { family: 'PERMISSIVE' | 'COPYLEFT'; name: string; url: string }
> = {
  MIT: { family: 'PERMISSIVE', name: 'MIT License', url: 'https://spdx.org/licenses/MIT.html' },
  'BSD-2-Clause': {
    family: 'PERMISSIVE',
    name: 'BSD 2-Clause License',
    url: 'https://spdx.org/licenses/BSD-2-Clause.html',
  },
  'BSD-3-Clause': {
    family: 'PERMISSIVE',
    name: 'BSD 3-Clause License',
    url: 'https://spdx.org/licenses/BSD-3-Clause.html',
  },
  'Apache-2.0': {
    family: 'PERMISSIVE',
    name: 'Apache License 2.0',
    url: 'https://www.apache.org/licenses/LICENSE-2.0',
  },
  GFDL: {
    family: 'COPYLEFT',
    name: 'GNU Free Documentation License',
    url: 'https://www.gnu.org/licenses/fdl-1.3.html',
  },
  GPL: {
    family: 'COPYLEFT',
    name: 'GNU General Public License',
    url: 'https://www.gnu.org/licenses/gpl-3.0.html',
  },
  LGPL: {
    family: 'COPYLEFT',
    name: 'GNU Lesser General Public License',
    url: 'https://www.gnu.org/licenses/lgpl-3.0.html',
  },
  AGPL: {
    family: 'COPYLEFT',
    name: 'GNU Affero General Public License',
    url: 'https://www.gnu.org/licenses/agpl-3.0.html',
  },
  FAL: { family: 'COPYLEFT', name: 'Free Art License', url: 'https://artlibre.org/licence/lal/en/' },
};

const CREATIVE_COMMONS_ID = /^(CC(?:-(?:BY|NC|SA|ND))+)-(\d\.\d)(?:-[A-Z]+)?$/;

/** Reads the terms out of a canonical license id, as `parseLicense` gives it. */
export function licenseTerms(license: License): LicenseTerms {
  const { id } = license;
  const creativeCommons = CREATIVE_COMMONS_ID.exec(id);
  if (creativeCommons) {
    const [, family = '', version = ''] = creativeCommons;
    const elements = family.split('-');
    return {
      family: family as LicenseFamily,
      version,
      attribution: elements.includes('BY'),
      shareAlike: elements.includes('SA'),
      noncommercial: elements.includes('NC'),
      noDerivatives: elements.includes('ND'),
    };
  }
  if (id === 'CC0-1.0' || id === 'PD') {
    const family = id === 'PD' ? 'PD' : 'CC0';
    return { family, version: '', ...nothingAsked };
  }
  const family = OTHER_LICENSES[id]?.family ?? 'UNKNOWN';
  return { family, version: '', ...nothingAsked, attribution: true, shareAlike: family === 'COPYLEFT' };
}

const nothingAsked = { attribution: false, shareAlike: false, noncommercial: false, noDerivatives: false };
