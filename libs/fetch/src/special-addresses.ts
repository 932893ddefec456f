import type { LookupAddress, LookupOptions } from 'node:dns';
import { BlockList, isIPv6 } from 'node:net';

/** How names are looked up: as Node's `dns.lookup`. */
export type Lookup = (
  hostname: string,
  options: LookupOptions,
  callback: (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void,
) => void;

/** An address that request-filtering-agent takes for a public one, and that is none. */
export class SpecialAddressError extends Error {
  override readonly name = 'SpecialAddressError';
}

/** Metadata of one cloud lies at an address that is public by its number. */
const SPECIAL_IPV4 = new BlockList();
SPECIAL_IPV4.addAddress('168.63.129.16', 'ipv4');

/**
 * All but 2000::/3, in which lies every public IPv6 address (RFC 4291, section 2.4). The agent's table of
 * ranges lets through what has no name, IPv4-compatible addresses such as ::7f00:1 (127.0.0.1) among them.
 */
const SPECIAL_IPV6 = new BlockList();
SPECIAL_IPV6.addSubnet('::', 3, 'ipv6');
SPECIAL_IPV6.addSubnet('4000::', 2, 'ipv6');
SPECIAL_IPV6.addSubnet('8000::', 1, 'ipv6');

/** @throws SpecialAddressError */
export function checkNotSpecial(address: string): void {
  if (isIPv6(address) ? SPECIAL_IPV6.check(address, 'ipv6') : SPECIAL_IPV4.check(address, 'ipv4')) {
    throw new SpecialAddressError(`${address} is no public address`);
  }
}

/** A look-up that fails when any of the addresses it finds is special. */
export function publicLookup(lookup: Lookup): Lookup {
  return (hostname, options, callback) =>
    lookup(hostname, options, (error, found, family) => {
      try {
        if (!error) {
          for (const each of typeof found === 'string' ? [found] : found) {
            checkNotSpecial(typeof each === 'string' ? each : each.address);
          }
        }
      } catch (special) {
        return callback(special as SpecialAddressError, '');
      }
      callback(error, found, family);
    });
}
