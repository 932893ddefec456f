import type { CollageLicense } from '@collage/proto/collage/v1/collage.js';
import type { Credit, License } from '@collage/proto/collage/v1/photo.js';
import { parseLicense } from './license.js';
import { licenseTerms, type LicenseTerms, UNKNOWN_LICENSE_ID } from './license-terms.js';

export type LicenseVerdict = { usable: true } | { usable: false; reason: string; detail: string };

export interface LicenseWishes {
  /** Also allow NonCommercial licenses; the collage is then NonCommercial too. */
  noncommercialAllowed: boolean;
  /** Only these ids or families, such as "CC0" or "CC-BY-4.0", in any case; empty or absent: all usable ones. */
  licenses?: readonly string[];
}

/** Parts whose licenses can't meet in one picture. */
export interface LicenseConflict {
  /** `LICENSES_INCOMPATIBLE`, or the reason why a single part may not be used. */
  reason: string;
  /** One sentence. */
  explanation: string;
  /** Parts to leave out so that the rest fits: those that are seen less. */
  drop: Credit[];
}

/**
 * Whether a photo under this license may become part of a collage, and if not, why.
 * Usable: CC0, public domain, CC BY, CC BY-SA from 2.0, ports included, and permissive software licenses
 * (MIT, BSD, Apache), which allow adaptations for a notice and so are treated as CC BY.
 * Refused: NoDerivatives (a cut-out is an adaptation); BY-SA 1.0 (has no "or later version" clause, so it mixes
 * with no other version); GFDL, GPL, Free Art License (the adaptation must stay under them, which no
 * Creative Commons result can do); NonCommercial, unless asked for; none; not understood.
 * This is an engineer's reading of the licenses, not legal advice.
 */
export function licenseVerdict(license: License | undefined, wishes: LicenseWishes): LicenseVerdict {
  if (!license || (license.id === '' && license.name === '')) {
    return refused('NO_LICENSE', 'no license is given');
  }
  if (license.id === UNKNOWN_LICENSE_ID && license.name.trim() === '') {
    return refused('NO_LICENSE', 'no license is given');
  }
  const terms = licenseTerms(license);
  if (terms.family === 'UNKNOWN') {
    return refused(
      'LICENSE_UNKNOWN',
      `"${license.name || license.id}" is not a license this program understands`,
    );
  }
  if (terms.family === 'COPYLEFT') {
    return refused(
      'LICENSE_COPYLEFT',
      `${license.name} must stay on every adaptation, a collage can't be under it`,
    );
  }
  if (terms.noDerivatives) {
    return refused('LICENSE_ND', `${license.name} forbids adaptations, and a cut-out is one`);
  }
  if (terms.shareAlike && terms.version === '1.0') {
    return refused(
      'LICENSE_BY_SA_1_0',
      `${license.name} allows no later version, so it mixes with no other license`,
    );
  }
  if (terms.noncommercial && !wishes.noncommercialAllowed) {
    return refused('LICENSE_NC', `${license.name} forbids commercial use`);
  }
  if (!isWanted(license, terms, wishes.licenses ?? [])) {
    return refused(
      'LICENSE_NOT_WANTED',
      `${license.name} is not among ${(wishes.licenses ?? []).join(', ')}`,
    );
  }
  return { usable: true };
}

function refused(reason: string, detail: string): LicenseVerdict {
  return { usable: false, reason, detail };
}

function isWanted(license: License, terms: LicenseTerms, wanted: readonly string[]): boolean {
  const names = [license.id, license.id.replace(/(\d\.\d)-[A-Z]+$/, '$1'), terms.family];
  return wanted.length === 0 || wanted.some((name) => names.includes(name.trim().toUpperCase()));
}

/**
 * The license a collage may be published under, from those of its visible parts: the least
 * restrictive one that meets them all. Nothing asked for by any part: CC0, as the collage adds no terms of its own
 * and its author may always choose stricter ones. Attribution: CC BY 4.0. ShareAlike: CC BY-SA 4.0, to which
 * BY-SA 2.0 to 3.0 may be taken by their "or later version" clause. NonCommercial: the same with NC. ShareAlike
 * without NC beside any NC: neither license may take on the other's terms, so nothing fits.
 * @param parts the photos seen in the picture; order does not matter
 * @returns the license, or the conflict and what to leave out
 */
export function collageLicense(
  parts: readonly Credit[],
  wishes: Pick<LicenseWishes, 'noncommercialAllowed'>,
): CollageLicense | { incompatible: LicenseConflict } {
  const unusable = refusedParts(parts, wishes);
  const [first] = unusable;
  if (first) {
    const explanation = `"${first.part.title}" can't be used: ${first.detail}.`;
    return { incompatible: { reason: first.reason, explanation, drop: unusable.map(({ part }) => part) } };
  }
  const asking = (asks: (terms: LicenseTerms) => boolean): Credit[] =>
    parts.filter((part) => part.license && asks(licenseTerms(part.license)));
  const commercialShareAlike = asking((terms) => terms.shareAlike && !terms.noncommercial);
  const noncommercial = asking((terms) => terms.noncommercial);
  if (commercialShareAlike.length > 0 && noncommercial.length > 0) {
    return { incompatible: conflictOf(commercialShareAlike, noncommercial) };
  }
  const noncommercialShareAlike = asking((terms) => terms.shareAlike && terms.noncommercial);
  const attribution = asking((terms) => terms.attribution);
  if (noncommercialShareAlike.length > 0) {
    return forced(
      'CC BY-NC-SA 4.0',
      noncommercialShareAlike,
      'adaptations under the same license, without commercial use',
    );
  }
  if (commercialShareAlike.length > 0) {
    return forced(
      'CC BY-SA 4.0',
      commercialShareAlike,
      'adaptations under the same license or a later version of it',
    );
  }
  if (noncommercial.length > 0) {
    return forced('CC BY-NC 4.0', noncommercial, 'no commercial use');
  }
  if (attribution.length > 0) {
    return forced('CC BY 4.0', attribution, 'attribution');
  }
  return {
    license: parseLicense('CC0 1.0'),
    explanation:
      'No photo asks for anything, so the collage may be published under any terms; CC0 1.0 is the freest.',
    forcedBy: [],
  };
}

/** What outweighs what when several parts are refused, so that the reason given depends on no order. */
const REFUSALS = [
  'NO_LICENSE',
  'LICENSE_UNKNOWN',
  'LICENSE_COPYLEFT',
  'LICENSE_ND',
  'LICENSE_BY_SA_1_0',
  'LICENSE_NC',
];

/** The parts that may not be used at all, by the weight of the reason, then by title. */
function refusedParts(
  parts: readonly Credit[],
  wishes: LicenseWishes,
): { part: Credit; reason: string; detail: string }[] {
  const refusals = parts.flatMap((part) => {
    const verdict = licenseVerdict(part.license, wishes);
    return verdict.usable ? [] : [{ part, reason: verdict.reason, detail: verdict.detail }];
  });
  return refusals.toSorted(
    (a, b) => REFUSALS.indexOf(a.reason) - REFUSALS.indexOf(b.reason) || byTitle(a.part, b.part),
  );
}

function byTitle(a: Credit, b: Credit): number {
  return (
    a.title.localeCompare(b.title, 'en') ||
    a.photoDigest.localeCompare(b.photoDigest, 'en') ||
    a.visibleShare - b.visibleShare
  );
}

function forced(name: string, parts: Credit[], demand: string): CollageLicense {
  const license = parseLicense(name);
  const count = parts.length === 1 ? 'One photo is' : `${parts.length} photos are`;
  const names = [...new Set(parts.map((part) => part.license?.name ?? ''))].toSorted().join(', ');
  const explanation = `${count} under a license that asks for ${demand} (${names}), which ${license.name} gives.`;
  return { license, explanation, forcedBy: titles(parts) };
}

function conflictOf(shareAlike: Credit[], noncommercial: Credit[]): LicenseConflict {
  const [less = [], more = []] = [noncommercial, shareAlike].toSorted(
    (a, b) => visibleShare(a) - visibleShare(b) || a.length - b.length,
  );
  const quoted = (parts: Credit[]): string =>
    titles(parts)
      .map((title) => `"${title}"`)
      .join(', ');
  return {
    reason: 'LICENSES_INCOMPATIBLE',
    explanation:
      `ShareAlike and NonCommercial photos can't be in one collage: leave out ${quoted(less)}, ` +
      `or instead ${quoted(more)}.`,
    drop: less.toSorted(byTitle),
  };
}

/** Summed in order of size: a sum in another order may differ in its last bit, and so decide a tie. */
function visibleShare(parts: Credit[]): number {
  const shares = parts.map((part) => part.visibleShare).toSorted((a, b) => a - b);
  return shares.reduce((sum, share) => sum + share, 0);
}

function titles(parts: readonly Credit[]): string[] {
  return [...new Set(parts.map((part) => part.title || 'untitled photo'))].toSorted();
}
