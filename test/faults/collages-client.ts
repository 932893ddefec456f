import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { readEvents } from '../../apps/api/src/testing/read-events.js';

/** What a client asks for. */
export interface Ask {
  prompt: string;
  options: Record<string, unknown>;
}

/** A collage that has ended, as a client sees it. */
export interface Result {
  /** Its recipe without its id: the proto3 JSON. */
  recipe: Record<string, any>;
  credits: string;
  /** SHA-256 of the picture's bytes. */
  pictureDigest: string;
}

const AGAIN_MILLISECONDS = 300;
const TRY_MILLISECONDS = 20_000;

/**
 * A client that does not give up: asks one replica after the other until one answers, as often as it takes. Requests that
 * add carry an idempotency key, so that asking twice adds once.
 */
export class CollagesClient {
  /** Requests that had no answer, or one that says to try again later. */
  retries = 0;
  private turn = 0;

  constructor(
    private readonly addresses: readonly string[],
    private readonly key?: string,
  ) {}

  async create({ prompt, options }: Ask, idempotencyKey: string): Promise<string> {
    const body = JSON.stringify({ prompt, options });
    const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': idempotencyKey };
    const response = await this.ask('/v1/collages', { method: 'POST', headers, body });
    return ((await response.json()) as { id: string }).id;
  }

  async get(id: string): Promise<Record<string, any>> {
    return (await this.ask(`/v1/collages/${id}`)).json() as Promise<Record<string, any>>;
  }

  async result(id: string): Promise<Result> {
    const { id: _, ...recipe } = await this.get(id);
    const credits = await (await this.ask(`/v1/collages/${id}/credits?format=text`)).text();
    const picture = Buffer.from(await (await this.ask(`/v1/collages/${id}/image`)).arrayBuffer());
    return { recipe, credits, pictureDigest: createHash('sha256').update(picture).digest('hex') };
  }

  /** All events of a collage, to its last: the stream is taken up again wherever it is cut, at any replica. */
  async events(id: string, onEvent: (event: any) => void = () => {}): Promise<any[]> {
    const events: any[] = [];
    for (;;) {
      const address = this.next();
      const after = String(events.at(-1)?.sequence ?? 0);
      const headers = { ...this.headers(), 'Last-Event-ID': after };
      const take = (event: any) => {
        events.push(event);
        onEvent(event);
      };
      const path = `/v1/collages/${id}/events`;
      const read = await readEvents(`${address}${path}`, headers, Infinity, take).catch(() => undefined);
      if (read?.ended) return events;
      this.retries++;
      await sleep(AGAIN_MILLISECONDS);
    }
  }

  /** An answer below 400. Throws where the answer is that the request is wrong. */
  private async ask(path: string, init: RequestInit = {}): Promise<Response> {
    for (;;) {
      const signal = AbortSignal.timeout(TRY_MILLISECONDS);
      const headers = { ...this.headers(), ...init.headers };
      const response = await fetch(`${this.next()}${path}`, { ...init, headers, signal })
        // All of it: a body may be cut too.
        .then(async (answer) => new Response(await answer.arrayBuffer(), answer))
        .catch(() => undefined);
      if (response && response.status < 400) return response;
      if (response && response.status !== 503) {
        throw new Error(`${init.method ?? 'GET'} ${path}: ${response.status} ${await response.text()}`);
      }
      this.retries++;
      await sleep(AGAIN_MILLISECONDS);
    }
  }

  private headers(): Record<string, string> {
    return this.key === undefined ? {} : { Authorization: `Bearer ${this.key}` };
  }

  private next(): string {
    return this.addresses[this.turn++ % this.addresses.length]!;
  }
}
