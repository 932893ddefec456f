import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { once } from 'node:events';

/** What may go wrong with one request. */
export type Fault =
  /** 503 SlowDown. */
  | 'slow-down'
  /** The connection is cut before an answer. */
  | 'cut'
  /** Half of the body comes, then the connection is cut. */
  | 'truncated'
  /** The whole body comes, one bit of it wrong. */
  | 'garbled'
  /** No answer, ever. */
  | 'silent'
  /** Headers and half of the body come, then nothing more. */
  | 'stalled'
  /** 403 AccessDenied. */
  | 'denied'
  /** 507. */
  | 'full'
  /** 501, as of a store that knows no conditions. */
  | 'no-conditions';

const refusals: Partial<Record<Fault, [number, string]>> = {
  'slow-down': [503, 'SlowDown'],
  denied: [403, 'AccessDenied'],
  full: [507, 'XMinioStorageFull'],
  'no-conditions': [501, 'NotImplemented'],
};

/** Stands before an S3 server and spoils requests. */
export interface FaultProxy {
  endpoint: string;
  /** Faults of the next requests, one each; all later ones go through. */
  faults: Fault[];
  /** Method of every request that came. */
  readonly seen: string[];
  stop(): void;
}

/** On loopback, before the server at `upstream`. */
export async function startFaultProxy(upstream: string): Promise<FaultProxy> {
  const proxy = { faults: [] as Fault[], seen: [] as string[] };
  const server = createServer((incoming, answer) => {
    proxy.seen.push(incoming.method!);
    // An upload whose connection is cut.
    incoming.on('error', () => {});
    void serve(incoming, answer, upstream, proxy.faults.shift());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return Object.assign(proxy, { endpoint: `http://127.0.0.1:${port}`, stop });
}

async function serve(
  incoming: IncomingMessage,
  answer: ServerResponse,
  upstream: string,
  fault: Fault | undefined,
): Promise<void> {
  if (fault === 'silent') return;
  if (fault === 'cut') {
    incoming.socket.destroy();
    return;
  }
  const refusal = fault && refusals[fault];
  if (refusal) {
    const [status, code] = refusal;
    incoming.resume();
    answer.writeHead(status, { 'content-type': 'application/xml' });
    answer.end(
      `<?xml version="1.0"?><Error><Code>${code}</Code><Message>as the test asked</Message></Error>`,
    );
    return;
  }
  const { method, headers, url } = incoming;
  const onward = request(new URL(url!, upstream), { method, headers });
  onward.on('error', () => answer.destroy());
  incoming.pipe(onward);
  const [response] = (await once(onward, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  answer.writeHead(response.statusCode!, response.headers);
  if (fault === 'garbled') body[body.length >> 1]! ^= 1;
  if (fault === 'truncated' || fault === 'stalled') {
    answer.write(body.subarray(0, body.length >> 1), () => {
      if (fault === 'truncated') answer.destroy();
    });
  } else answer.end(body);
}
