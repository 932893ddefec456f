import http, { type AgentOptions } from 'node:http';
import https from 'node:https';
import { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } from 'request-filtering-agent';
import { hostAndPort } from './web-address.js';

/** Connections for the two protocols. */
export interface AgentPair {
  httpAgent: http.Agent;
  httpsAgent: https.Agent;
}

const OPTIONS: AgentOptions = { keepAlive: true, maxFreeSockets: 4, timeout: 60_000 };

/**
 * The connections we make. Those to anyone refuse every address that is not public, in the very look-up
 * whose answer is connected to: a name that changes its address between check and use (DNS rebinding) gains
 * nothing, and neither does a redirect. Those to the allowed host:port pairs don't look.
 */
export class Agents {
  readonly #public: AgentPair = {
    httpAgent: new RequestFilteringHttpAgent(OPTIONS),
    httpsAgent: new RequestFilteringHttpsAgent(OPTIONS),
  };
  readonly #allowed: AgentPair = {
    httpAgent: new http.Agent(OPTIONS),
    httpsAgent: new https.Agent(OPTIONS),
  };

  constructor(private readonly allow: ReadonlySet<string>) {}

  for(url: URL): AgentPair {
    return this.allow.has(hostAndPort(url)) ? this.#allowed : this.#public;
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
  // The agent's errors carry no code; the tests hold its words and its version together.
  return error instanceof Error && /^DNS lookup .* is not allowed\. Because/.test(error.message);
}
