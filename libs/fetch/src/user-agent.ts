import axios from 'axios';

/**
 * How we introduce ourselves to every host: `ClipAndPaste/<version> (<contact>) axios/<version>`, the form
 * that the Wikimedia User-Agent policy asks for. Without a contact (setting CONTACT) it says so; hosts may
 * then limit us more, as they have nobody to write to.
 * @param contact an address of a page or a mailbox; printable ASCII without parentheses
 * @throws RangeError on a contact that would break the header
 */
export function userAgentOf(version: string, contact: string): string {
  if (!/^[ -'*-~]{0,200}$/.test(contact)) {
    throw new RangeError(
      `Expected a mailbox or web address (printable ASCII without parentheses) for CONTACT but received ${JSON.stringify(contact)}`,
    );
  }
  const whom = contact.trim() === '' ? 'run by a private person; no contact set' : contact.trim();
  return `ClipAndPaste/${version} (${whom}) axios/${axios.VERSION}`;
}
