import { FetchError } from './fetch-error.js';

/**
 * An address that may be asked: absolute, http or https, without credentials. The fragment is dropped; the
 * host is normalized by the URL standard, so that 2130706433, 0x7f.1 and 0177.0.0.1 all become 127.0.0.1.
 * @throws FetchError ADDRESS_INVALID
 */
export function webAddress(address: string, base?: URL): URL {
  let url: URL;
  try {
    url = new URL(address, base);
  } catch (error) {
    throw new FetchError('ADDRESS_INVALID', address, 'is no absolute address', { cause: error });
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new FetchError('ADDRESS_INVALID', address, `has "${url.protocol}" where http or https is expected`);
  }
  if (url.username !== '' || url.password !== '') {
    const withoutCredentials = new URL(url);
    withoutCredentials.username = withoutCredentials.password = '';
    throw new FetchError(
      'ADDRESS_INVALID',
      withoutCredentials.href,
      'was given with a user name or password; remove them',
    );
  }
  url.hash = '';
  return url;
}

/** Host and port of an address, the port always given: "commons.example:443", "[::1]:8080". */
export function hostAndPort(url: URL): string {
  return `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`;
}

/**
 * The host:port pairs that may lie in private networks (setting FETCH_ALLOW), normalized as addresses are.
 * @throws RangeError naming the entry that is no host:port pair
 */
export function allowedHosts(entries: readonly string[]): ReadonlySet<string> {
  return new Set(
    entries.map((entry) => {
      const port = /:(\d{1,5})$/.exec(entry)?.[1];
      const written = `http://${entry}/`;
      if (port === undefined || Number(port) < 1 || entry.includes('*') || !URL.canParse(written)) {
        throw new RangeError(
          `Expected host:port pairs such as 127.0.0.1:8080 for FETCH_ALLOW but received "${entry}"`,
        );
      }
      const url = new URL(written);
      if (url.username !== '' || url.pathname !== '/' || url.search !== '' || url.hash !== '') {
        throw new RangeError(
          `Expected a host and a port and nothing else for FETCH_ALLOW but received "${entry}"`,
        );
      }
      return hostAndPort(url);
    }),
  );
}
