import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { retryAfterSeconds } from './patience.js';
import { Politeness } from './politeness.js';
import { FaultServer } from './testing/fault-server.js';
import { content, faults } from './testing/faults.js';
import { FakeClock, testFetcher, type TestFetcher } from './testing/test-fetcher.js';

describe('Politeness', () => {
  const limits = { inFlightPerHost: 2, intervalMilliseconds: 100 };

  it('lets two in, and the third when one leaves', async () => {
    const politeness = new Politeness(limits, new FakeClock());
    const leave = await politeness.enter('a', 0);
    await politeness.enter('a', 0);
    let third = false;
    const entering = politeness.enter('a', 0).then(() => (third = true));
    await new Promise(setImmediate);
    expect(third).toBe(false);
    leave();
    await entering;
  });

  it('starts requests to one host an interval apart, and those to others at once', async () => {
    const clock = new FakeClock(0);
    const politeness = new Politeness(limits, clock);
    const starts: number[] = [];
    for (let request = 0; request < 4; request++) {
      const leave = await politeness.enter('a', 0);
      starts.push(clock.now());
      leave();
    }
    expect(starts).toEqual([0, 100, 200, 300]);
    await politeness.enter('b', 0);
    expect(clock.now()).toBe(300);
  });

  it('waits out a pause it has patience for, and refuses a longer one at once', async () => {
    const clock = new FakeClock(0);
    const politeness = new Politeness(limits, clock);
    politeness.pause('a', 5_000);
    politeness.pause('a', 1_000);
    await expect(politeness.enter('a', 4_999)).rejects.toMatchObject({ secondsLeft: 5 });
    expect(clock.sleeps).toEqual([]);
    const leave = await politeness.enter('a', 5_000);
    expect(clock.now()).toBe(5_000);
    leave();
    await politeness.enter('a', 0);
    await politeness.enter('a', 0);
  });

  it('takes the hosts of Wikimedia for one', async () => {
    const clock = new FakeClock(0);
    const politeness = new Politeness(limits, clock);
    const leave = await politeness.enter('commons.wikimedia.org:443', 0);
    await politeness.enter('upload.wikimedia.org:443', 0);
    expect(clock.now()).toBe(100);
    let third = false;
    const entering = politeness.enter('thumb.wikimedia.org:443', 0).finally(() => (third = true));
    for (const other of ['notwikimedia.org:443', 'wikimedia.org.example:443']) {
      await politeness.enter(other, 0);
    }
    expect([clock.now(), third]).toEqual([100, false]);
    leave();
    await entering;
  });

  it('lets a paused host of Wikimedia keep no place from its others', async () => {
    const clock = new FakeClock(0);
    const sleeping: (() => void)[] = [];
    const sleep = (milliseconds: number) =>
      milliseconds < 5_000 ? clock.sleep(milliseconds) : new Promise<void>((wake) => sleeping.push(wake));
    const politeness = new Politeness(limits, { elapsed: clock.elapsed, sleep });
    politeness.pause('commons.wikimedia.org:443', 5_000);
    const paused = [1, 2].map(() => politeness.enter('commons.wikimedia.org:443', 5_000));
    (await politeness.enter('upload.wikimedia.org:443', 0))();
    expect(sleeping).toHaveLength(2);
    clock.milliseconds = 5_000;
    for (const wake of sleeping) wake();
    await Promise.all(paused);
    expect(clock.now()).toBe(5_100);
  });

  it.each([[-600_000], [600_000]])(
    'waits no longer and no shorter where the clock is set by %i ms',
    async (by) => {
      const clock = new FakeClock();
      const politeness = new Politeness(limits, clock);
      (await politeness.enter('a', 0))();
      politeness.pause('b', 5_000);
      clock.setBy = by;
      (await politeness.enter('a', 0))();
      await politeness.enter('b', 5_000);
      expect(clock.sleeps).toEqual([100, 4_900]);
    },
  );

  it('keeps no place for who gave up', async () => {
    const politeness = new Politeness({ ...limits, inFlightPerHost: 1 }, new FakeClock());
    const leave = await politeness.enter('a', 0);
    const leaving = new AbortController();
    const waiting = politeness.enter('a', 0, leaving.signal);
    leaving.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    leave();
    await politeness.enter('a', 0);
  });
});

describe('retryAfterSeconds', () => {
  const now = Date.parse('Wed, 25 Nov 2026 12:00:00 GMT');
  it.each([
    ['120', 120],
    ['0', 0],
    ['Wed, 25 Nov 2026 12:00:30 GMT', 30],
    ['Wed, 25 Nov 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads %j as %j', (header, seconds) => {
    expect(retryAfterSeconds(header, now)).toBe(seconds);
  });
});

describe('a throttling host', () => {
  let server: FaultServer;
  let test: TestFetcher;
  beforeAll(async () => {
    server = await FaultServer.start();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    test = await testFetcher({ allow: [server.host] });
  });
  afterEach(() => test.remove());
  const date = new Date(Date.UTC(2026, 10, 25, 0, 0, 7)).toUTCString();

  it.each([['7'], [date]])('is left alone for as long as its Retry-After %s says', async (retryAfter) => {
    const address = server.on(`/busy?${retryAfter.length}`, faults.unavailable(retryAfter), content('{}'));
    const start = test.clock.now();
    expect((await test.fetcher.text(address)).status).toBe(200);
    // 7 s and a random half second, so that not everyone comes back at once.
    expect(test.clock.now() - start).toBe(7_500);
  });

  it('is not waited for beyond our patience, and asked by nobody meanwhile', async () => {
    const address = server.on('/hour', faults.unavailable('3600'));
    const problem = { reason: 'THROTTLED', status: 503, retryAfterSeconds: 3600 };
    await expect(test.fetcher.text(address)).rejects.toMatchObject(problem);
    const other = server.on('/other', content('{}'));
    await expect(test.fetcher.text(other)).rejects.toMatchObject({
      reason: 'THROTTLED',
      retryAfterSeconds: 3600.5,
    });
    expect([server.asked('/hour'), server.asked('/other')]).toEqual([1, 0]);
    expect(test.clock.sleeps).toEqual([]);
    test.clock.milliseconds += 3_600_500;
    expect((await test.fetcher.text(other)).status).toBe(200);
  });

  it('may say so in an answer of status 200', async () => {
    const lag = content('{"error":{"code":"maxlag"}}', 'application/json', { 'retry-after': '5' });
    const page = content('<!DOCTYPE html>busy', 'text/html');
    const address = server.on('/api', lag, page, content('{"query":{}}'));
    const start = test.clock.now();
    const answer = await test.fetcher.text(address, {
      throttledFor: ({ body, headers }) =>
        headers['content-type'] !== 'application/json' || body.includes('maxlag') ? 1 : undefined,
    });
    expect(answer.body).toBe('{"query":{}}');
    expect(test.clock.now() - start).toBe(5_500 + 2_000);
    expect((await test.fetcher.text(address)).fromCache).toBe(true);
  });

  it('sees at most two requests at a time, however many are wanted', async () => {
    server.inFlight.peak = 0;
    const addresses = Array.from({ length: 12 }, (_, index) =>
      server.on(`/many/${index}`, (_request, response) => {
        setTimeout(() => response.end('{}'), 10);
      }),
    );
    await Promise.all(addresses.map((address) => test.fetcher.text(address)));
    expect(server.inFlight.peak).toBe(2);
  });
});
