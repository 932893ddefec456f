import { describe, expect, it } from 'vitest';
import { eachInTime, inTime } from './in-time.js';
import { ManualClock } from './testing/manual-clock.js';

/** Ends only when it is told to stop. */
const never = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
const late = { name: 'TookTooLongError', reason: 'TOOK_TOO_LONG', seconds: 5 };

describe('inTime', () => {
  it('gives what is there in time', async () => {
    const clock = new ManualClock();
    const work = inTime(5, () => clock.sleep(4000).then(() => ({ is: 'done' })), clock);
    await clock.pass(4);
    expect(await work).toEqual({ is: 'done' });
  });

  it('tells what takes too long to stop, and does not wait for it', async () => {
    const clock = new ManualClock();
    const told: AbortSignal[] = [];
    const deaf = (signal: AbortSignal) => (told.push(signal), new Promise<never>(() => {}));
    const work = inTime(5, deaf, clock);
    const ending = expect(work).rejects.toMatchObject(late);
    await clock.pass(4);
    expect(told[0]!.aborted).toBe(false);
    await clock.pass(1);
    await ending;
    expect(told[0]!.aborted).toBe(true);
  });

  it('ends with the reason of the signal', async () => {
    const stop = new AbortController();
    const work = inTime(5, never, new ManualClock(), stop.signal);
    stop.abort(new Error('enough'));
    await expect(work).rejects.toThrow('enough');
  });
});

describe('eachInTime', () => {
  async function* slowly(clock: ManualClock, signal: AbortSignal) {
    yield 'first';
    await clock.sleep(4000);
    yield 'second';
    await never(signal);
  }

  it('gives what comes in time, however it goes on', async () => {
    const clock = new ManualClock();
    const given: string[] = [];
    const listening = (async () => {
      for await (const each of eachInTime(5, (signal) => slowly(clock, signal), clock)) given.push(each);
    })();
    const ending = expect(listening).rejects.toMatchObject(late);
    await clock.pass(4);
    expect(given).toEqual(['first', 'second']);
    await clock.pass(1);
    await ending;
  });

  it('ends a stream that is silent for too long, however much time there is for all', async () => {
    const clock = new ManualClock();
    const given: string[] = [];
    const listening = (async () => {
      const stream = eachInTime(50, (signal) => slowly(clock, signal), clock, undefined, 5);
      for await (const each of stream) given.push(each);
    })();
    const ending = expect(listening).rejects.toMatchObject(late);
    for (let seconds = 0; seconds < 9; seconds++) await clock.pass(1);
    await ending;
    expect(given).toEqual(['first', 'second']);
  });

  it('starts nothing where there is no time', async () => {
    const start = () => {
      throw new Error('started');
    };
    await expect(eachInTime(0, start, new ManualClock()).next()).rejects.toMatchObject({ seconds: 0 });
  });

  it('ends the stream when nobody listens any more', async () => {
    let hasEnded = false;
    async function* endless() {
      try {
        for (;;) yield 1;
      } finally {
        hasEnded = true;
      }
    }
    for await (const each of eachInTime(5, endless, new ManualClock())) if (each === 1) break;
    expect(hasEnded).toBe(true);
  });
});
