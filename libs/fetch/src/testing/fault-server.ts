import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** How the server answers one request; `count` says the how many-th it is at this path, from 1. */
export type Reply = (request: IncomingMessage, response: ServerResponse, count: number) => void;

/** A request as it came. */
export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
}

/**
 * A server on loopback that answers as it was told: rightly, or with one of the `faults`. It remembers what
 * it was asked, and how many connections are open.
 */
export class FaultServer {
  readonly requests: SeenRequest[] = [];
  /** Requests that are being answered at the moment, and the most there ever were. */
  readonly inFlight = { now: 0, peak: 0 };
  readonly #replies = new Map<string, Reply[]>();
  readonly #counts = new Map<string, number>();
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((request, response) => this.#answer(request, response));

  /** Starts a server on a free port; end it with `close`. */
  static async start(): Promise<FaultServer> {
    const server = new FaultServer();
    server.#server.on('connection', (socket) => {
      server.#sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => server.#sockets.delete(socket));
    });
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  /** For FETCH_ALLOW: "127.0.0.1:40000". */
  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections open at the moment. */
  get openSockets(): number {
    return this.#sockets.size;
  }

  /**
   * Answers a path with its query, or a path without one whatever the query, with these replies in turn; the last one
   * for good.
   * @returns the address of the path
   */
  on(path: string, ...replies: [Reply, ...Reply[]]): string {
    this.#replies.set(path, replies);
    return this.address(path);
  }

  address(path: string): string {
    return `http://${this.host}${path}`;
  }

  /** How often a path was asked for. */
  asked(path: string): number {
    return this.#counts.get(path) ?? 0;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server.listening) await once(this.#server, 'close');
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '/';
    const count = this.asked(path) + 1;
    this.#counts.set(path, count);
    this.requests.push({ method: request.method ?? '', path, headers: request.headers });
    this.inFlight.now += 1;
    this.inFlight.peak = Math.max(this.inFlight.peak, this.inFlight.now);
    response.on('error', () => undefined).on('close', () => (this.inFlight.now -= 1));
    const replies = this.#replies.get(path) ?? this.#replies.get(path.replace(/\?.*/, '')) ?? [];
    const reply = replies[Math.min(count, replies.length) - 1];
    if (reply) reply(request, response, count);
    else response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not here</h1>');
  }
}
