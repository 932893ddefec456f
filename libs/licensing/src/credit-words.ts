import type { Credit, License } from '@collage/proto/collage/v1/photo.js';

/** The last words of all credits. */
export const NO_ENDORSEMENT =
  "None of the authors endorses this collage. The license stated is an engineer's reading, not legal advice.";

/** Control, line-separating and direction-overriding characters: they could fake another line or reorder one. */
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]+/g;

/** Never empty: what is not known is said. */
export function titleOf(credit: Credit): string {
  return oneLine(credit.title) || 'untitled photo';
}

/** Never empty: what is not known is said. */
export function authorOf(credit: Credit): string {
  return oneLine(credit.author) || 'unknown author';
}

/** "licensed under CC BY 4.0 (address)", "public domain" or "license unknown". */
export function grant(license: License | undefined): string {
  if (!license || (license.name === '' && license.url === '')) {
    return 'license unknown';
  }
  return license.id === 'PD' ? 'public domain' : `licensed under ${nameAndAddress(license)}`;
}

/** What the source warns of, "personality rights, trademarked"; empty where it warns of nothing. */
export function warningOf({ restrictions }: Credit): string {
  const kinds = restrictions.map((kind) => oneLine(kind));
  return kinds.map((kind) => (kind === 'personality' ? 'personality rights' : kind)).join(', ');
}

/** "CC BY 4.0 (address)". */
export function nameAndAddress(license: License): string {
  const name = oneLine(license.name) || license.id;
  return license.url ? `${name} (${oneLine(license.url)})` : name;
}

/** Foreign text on one line and in reading order, whatever it holds. */
export function oneLine(text: string): string {
  return text.replaceAll(UNPRINTABLE, ' ').replaceAll(/\s+/g, ' ').trim();
}

/** A share, 0 to 1, as people read it: "48.2 %", "< 0.1 %". */
export function percentage(share: number): string {
  const percent = share * 100;
  return percent < 0.1 ? '< 0.1 %' : `${percent.toFixed(1)} %`;
}

/** An address that may stand in a link, or nothing: "javascript:" and the like never do. */
export function linkable(address: string): string | undefined {
  const line = oneLine(address);
  return /^https?:\/\/[^\s]+$/i.test(line) ? line : undefined;
}
