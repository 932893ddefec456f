import { expect } from 'vitest';
import { CollagesClient } from './collages-client.js';
import { recordedStages } from './recorded-stages.js';
import { smallAsk } from './small-recipe.js';
import type { TestService } from './test-service.js';

/** What a test does to a service, and takes back. */
export interface Outage {
  /** Begins it. */
  begin(): Promise<unknown> | unknown;
  /** The event at which it begins; absent: the fifth step of the climb. */
  beginsAt?(event: any): boolean;
  end(): Promise<unknown> | unknown;
  /** Reasons of Waiting events, of which one must be told while it lasts; none: nobody can tell, or none is needed. */
  reasons?: string[];
  /** Ends the outage when it has lasted so long, where no event says that it was noticed. */
  lastsMilliseconds?: number;
}

const inItsClimb = (event: any) => event.optimized?.progress?.step >= 5;

/**
 * Makes a collage undisturbed, and the same once more with an outage in its middle: it must wait, say why (where it can),
 * and come to the same after the outage has ended. Resolves to the states that it waited in.
 */
export async function expectToWaitAndGoOn(service: TestService, outage: Outage): Promise<string[]> {
  const { beginsAt = inItsClimb } = outage;
  const client = new CollagesClient(service.addresses);
  // Forty steps: time enough to be cut off in.
  const ask = smallAsk(1, { iterationCount: 40 });
  const first = await client.create(ask, 'undisturbed');
  await client.events(first);
  const undisturbed = await client.result(first);

  const id = await client.create(ask, 'disturbed');
  let ending: Promise<unknown> | undefined;
  let beginning: Promise<unknown> | undefined;
  const told: string[] = [];
  const states: string[] = [];
  const end = () => (ending ??= Promise.resolve(beginning).then(() => outage.end()));
  let timer: NodeJS.Timeout | undefined;
  const events = await client.events(id, (event) => {
    if (beginsAt(event) && !beginning) {
      beginning = Promise.resolve(outage.begin());
      if (outage.lastsMilliseconds !== undefined) timer = setTimeout(end, outage.lastsMilliseconds);
    }
    if (event.waiting) {
      told.push(event.waiting.reason);
      states.push(event.waiting.state);
      if (outage.lastsMilliseconds === undefined) void end();
    }
  });
  clearTimeout(timer);
  expect(beginning, 'the event it begins at was seen').toBeDefined();
  await end();
  expect(events.at(-1)).toHaveProperty('succeeded');
  for (const reason of told) expect(outage.reasons).toContain(reason);
  if (outage.lastsMilliseconds === undefined) expect(told).not.toEqual([]);
  expect(await client.result(id)).toEqual(undisturbed);
  expect((await recordedStages(service, 2)).wrong).toEqual([]);
  expect(service.programs.flatMap(({ crashes }) => crashes)).toEqual([]);
  return states;
}
