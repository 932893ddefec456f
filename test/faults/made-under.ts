import { type Ask, CollagesClient, type Result } from './collages-client.js';
import type { TestService } from './test-service.js';

/** What came of a run. */
export interface Made {
  /** In the order of the asks. */
  ids: string[];
  events: any[][];
  results: Result[];
  seconds: number;
  /** Requests and streams that had to be made again. */
  clientRetries: number;
}

/** Asks for all at once, follows each to its end, and fetches what became of it. */
export async function makeAll(service: TestService, asks: readonly Ask[]): Promise<Made> {
  const began = performance.now();
  const client = new CollagesClient(service.addresses);
  const ids: string[] = [];
  for (const [index, ask] of asks.entries()) ids.push(await client.create(ask, `ask ${index}`));
  const events = await Promise.all(ids.map((id) => client.events(id)));
  const seconds = (performance.now() - began) / 1000;
  const ended = events.map((each) => each.at(-1));
  const failed = ended.filter((event) => !event.succeeded);
  if (failed.length > 0) throw new Error(`${failed.length} did not succeed: ${JSON.stringify(failed)}`);
  const results: Result[] = [];
  for (const id of ids) results.push(await client.result(id));
  return { ids, events, results, seconds, clientRetries: client.retries };
}
