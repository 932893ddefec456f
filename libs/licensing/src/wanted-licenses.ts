import { licenseVerdict } from './compatibility.js';
import { parseLicense } from './license.js';
import { licenseTerms, UNKNOWN_LICENSE_ID, type LicenseFamily } from './license-terms.js';

/**
 * License budgets: what the collage may cost whoever uses it. `PERMISSIVE` (MIT, BSD, Apache) asks for a notice, as
 * CC BY does. `noncommercial` leaves ShareAlike out: neither license may take on the other's terms, so half of the
 * photos would have to go again.
 */
export const LICENSE_BUDGETS = {
  cc0: ['CC0'],
  sellable: ['CC0', 'PD', 'CC-BY', 'PERMISSIVE'],
  'share-alike': ['CC0', 'PD', 'CC-BY', 'PERMISSIVE', 'CC-BY-SA'],
  noncommercial: ['CC0', 'PD', 'CC-BY', 'PERMISSIVE', 'CC-BY-NC'],
} as const satisfies Record<string, readonly LicenseFamily[]>;

const FAMILIES = ['CC0', 'PD', 'CC-BY', 'CC-BY-SA', 'CC-BY-NC', 'CC-BY-NC-SA', 'PERMISSIVE'];
/** Allows NonCommercial licenses and names none. */
const NONCOMMERCIAL_TOO = 'NC';

/** A license was asked for that no collage may hold, or by a name that is no budget, family or license. */
export class LicenseNameError extends Error {
  override readonly name = 'LicenseNameError';
  readonly field = 'licenses';
  constructor(
    readonly received: string,
    why = '',
  ) {
    super(
      `Expected a budget (${Object.keys(LICENSE_BUDGETS).join(', ')}), ${FAMILIES.join(', ')} or the id of a ` +
        `license such as CC-BY-4.0 for licenses but received "${received}"${why && `: ${why}`}.`,
    );
  }
}

/**
 * The licenses that photos may have, from what a person typed: budgets ("sellable"), families ("cc-by", "CC BY-SA"),
 * licenses ("CC BY 4.0") and "nc", which allows NonCommercial ones and names none. Several names add up.
 * Whoever names a NonCommercial license allows it. Reading the result again gives the same.
 * @param names none: every usable license
 * @param noncommercialAllowed allowed whatever the names say
 * @throws LicenseNameError for the first name that is not understood or that no collage may hold
 */
export function licenseWishes(
  names: readonly string[],
  noncommercialAllowed = false,
): { licenses: string[]; noncommercialAllowed: boolean } {
  const listed = names.filter((name) => plain(name) !== NONCOMMERCIAL_TOO);
  const licenses = [...new Set(listed.flatMap(namedLicenses))];
  return {
    licenses,
    noncommercialAllowed:
      noncommercialAllowed ||
      listed.length < names.length ||
      licenses.some((license) => license.startsWith('CC-BY-NC')),
  };
}

function namedLicenses(name: string): readonly string[] {
  const budget = plain(name).toLowerCase();
  if (Object.hasOwn(LICENSE_BUDGETS, budget)) {
    return LICENSE_BUDGETS[budget as keyof typeof LICENSE_BUDGETS];
  }
  if (FAMILIES.includes(plain(name))) {
    return [plain(name)];
  }
  const license = parseLicense(name);
  if (license.id === UNKNOWN_LICENSE_ID) {
    const { family } = licenseTerms({ ...license, id: `${plain(name)}-4.0` });
    const forbids = family.endsWith('-ND');
    throw new LicenseNameError(name, forbids ? 'it forbids adaptations, and a cut-out is one' : undefined);
  }
  const verdict = licenseVerdict(license, { noncommercialAllowed: true });
  if (!verdict.usable) {
    throw new LicenseNameError(name, verdict.detail);
  }
  return [license.id];
}

function plain(name: string): string {
  return name
    .trim()
    .toUpperCase()
    .replaceAll(/[\s_]+/g, '-');
}
