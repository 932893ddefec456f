import dns from 'node:dns';
import http, { type AgentOptions } from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';
import { checkNotSpecial, publicLookup, SpecialAddressError, type Lookup } from './special-addresses.js';
import { hostAndPort } from './web-address.js';

/** How to connect to an address. */
export interface Connecting {
  httpAgent: http.Agent;
  httpsAgent: https.Agent;
  lookup: Lookup;
}

const OPTIONS: AgentOptions = { keepAlive: true, maxFreeSockets: 4, timeout: 60_000 };

/**
 * The connections we make. Those to anyone refuse every address that is not public, in the very look-up
 * whose answer is connected to: a name that changes its address between check and use (DNS rebinding) gains
 * nothing, and neither does a redirect. Those to the allowed host:port pairs don't look.
 */
export class Agents {
  readonly #public: Connecting;
  readonly #allowed: Connecting;

  /** @param lookup Node's own, save in tests */
  constructor(
    private readonly allow: ReadonlySet<string>,
    lookup: Lookup = dns.lookup as Lookup,
  ) {
    this.#public = {
      httpAgent: new RequestFilteringHttpAgent(OPTIONS),
      httpsAgent: new RequestFilteringHttpsAgent(OPTIONS),
      lookup: publicLookup(lookup),
    };
    this.#allowed = { httpAgent: new http.Agent(OPTIONS), httpsAgent: new https.Agent(OPTIONS), lookup };
  }

  /** @throws SpecialAddressError where the address itself is a number that is not public */
  for(url: URL): Connecting {
    if (this.allow.has(hostAndPort(url))) return this.#allowed;
    const address = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(address) !== 0) checkNotSpecial(address);
    return this.#public;
  }

  /** Closes every connection. */
  close(): void {
    for (const { httpAgent, httpsAgent } of [this.#public, this.#allowed]) {
      httpAgent.destroy();
      httpsAgent.destroy();
    }
  }
}

/** Whether a connection was refused because the address is not public. */
export function isPrivateAddressRefusal(error: unknown): boolean {
  if (error instanceof SpecialAddressError) return true;
  // The agent's errors carry no code; the tests hold its words and its version together.
  return error instanceof Error && /^DNS lookup .* is not allowed\. Because/.test(error.message);
}
