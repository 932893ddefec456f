import { parseLicense } from './license.js';
import { UNKNOWN_LICENSE_ID } from './license-terms.js';

const FAMILIES = ['CC0', 'PD', 'CC-BY', 'CC-BY-SA', 'CC-BY-NC', 'CC-BY-NC-SA'];

/** A license was asked for by a name that is neither a usable family nor a license. */
export class LicenseNameError extends Error {
  override readonly name = 'LicenseNameError';
  readonly field = 'licenses';
  constructor(readonly received: string) {
    super(
      `Expected ${FAMILIES.join(', ')} or the id of a license such as CC-BY-4.0 for licenses ` +
        `but received "${received}".`,
    );
  }
}

/**
 * Family names and license ids as `licenseVerdict` wants them, from what a person typed
 * ("cc-by", "CC BY-SA", "CC BY 4.0").
 * @throws LicenseNameError for the first name that is not understood
 */
export function wantedLicenses(names: readonly string[]): string[] {
  return names.map((name) => {
    const family = name.trim().toUpperCase().replaceAll(' ', '-');
    if (FAMILIES.includes(family)) {
      return family;
    }
    const { id } = parseLicense(name);
    if (id === UNKNOWN_LICENSE_ID) {
      throw new LicenseNameError(name);
    }
    return id;
  });
}
