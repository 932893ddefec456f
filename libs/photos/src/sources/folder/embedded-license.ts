import { parseLicense, takesRightsAway } from '@collage/licensing/license.js';
import { UNKNOWN_LICENSE_ID } from '@collage/licensing/license-terms.js';
import type { MetadataFields } from './metadata-fields.js';

const CREATIVE_COMMONS_ADDRESS = /https?:\/\/(?:www\.)?creativecommons\.org\/[\w./+-]+/i;

const MENTIONS_LICENSE = /\bcc[\s-]?(?:by|0|zero)|creative ?commons|licen[cs]e/i;

/**
 * The license that a photo's metadata states, as written; both empty when it states none.
 *
 * An address of Creative Commons states one, in its own field or within a text. So do usage terms, whatever they say.
 * A copyright notice does when it is a license, or takes rights away ("All rights reserved"): then that is what
 * is kept, whatever stands beside it, and nobody will understand it as a license. So is one that speaks of a license
 * and is not understood ("CC BY 4.0 / for schools"). Any other notice ("(c) 2020 Ann") states an owner only.
 */
export function statedLicense({ usageTerms, notices, licenseUrl }: MetadataFields): {
  license: string;
  licenseUrl: string;
} {
  const texts = [usageTerms, ...notices].filter((text) => text !== '');
  const address = [licenseUrl, ...texts]
    .flatMap((text) => CREATIVE_COMMONS_ADDRESS.exec(text)?.[0] ?? [])
    .at(0);
  const isLicense = (text: string): boolean => parseLicense(text).id !== UNKNOWN_LICENSE_ID;
  const restriction = texts.find((text) => takesRightsAway(text) && !isLicense(text));
  const spoken = usageTerms || (notices.find((notice) => MENTIONS_LICENSE.test(notice)) ?? '');
  const license = restriction ?? texts.find(isLicense) ?? spoken;
  return { license, licenseUrl: address ?? '' };
}
