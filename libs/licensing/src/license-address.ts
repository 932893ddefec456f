import { isJurisdictionCode } from './license-jurisdictions.js';
import { creativeCommonsId } from './license-words.js';

const CREATIVE_COMMONS_HOST = /^(?:https?:)?(?:\/\/)?(?:www\.)?creativecommons\.org\//i;

/**
 * The canonical id of the license at an address of creativecommons.org, such as
 * "https://creativecommons.org/licenses/by/2.5/au/" or "http://creativecommons.org/publicdomain/zero/1.0/deed.de".
 * @returns nothing for any other address
 */
export function licenseIdFromAddress(address: string): string | undefined {
  if (!CREATIVE_COMMONS_HOST.test(address.trim())) {
    return undefined;
  }
  const path = address.trim().replace(CREATIVE_COMMONS_HOST, '').toLowerCase();
  const [kind, name = '', version = '', port = ''] = path.replace(/[?#].*$/, '').split('/');
  if (kind === 'publicdomain') {
    return { zero: 'CC0-1.0', mark: 'PD' }[name];
  }
  if (kind !== 'licenses') {
    return undefined;
  }
  if (name === 'publicdomain') {
    return 'PD';
  }
  const elements = new Set(name.split('-'));
  const known = [...elements].every((element) => ['by', 'nc', 'nd', 'sa'].includes(element));
  return known && /^[1-4]\.[015]$/.test(version)
    ? creativeCommonsId(elements, [version], isJurisdictionCode(port) ? port : '')
    : undefined;
}
