/**
 * Domains whose hosts count the requests of all of them together: the API of Commons and its pictures lie at different
 * hosts of Wikimedia, which allows its two requests to all.
 */
const DOMAINS: readonly string[] = ['wikimedia.org'];

/**
 * Who counts the requests to a host: the domain of those that are counted together, such as "wikimedia.org", else the
 * host itself.
 * @param host host:port
 */
export function operatorOf(host: string): string {
  const name = host.replace(/:\d+$/, '');
  return DOMAINS.find((domain) => name === domain || name.endsWith(`.${domain}`)) ?? host;
}
