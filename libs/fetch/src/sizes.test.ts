import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FaultServer } from './testing/fault-server.js';
import { content, faults, redirect, statusPage } from './testing/faults.js';
import { testFetcher, type TestFetcher } from './testing/test-fetcher.js';

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

const ofBytes = (bytes: number, headers: Record<string, string> = {}) =>
  content('x'.repeat(bytes), 'image/jpeg', { 'content-length': String(bytes), ...headers });

describe('the size that a host announces', () => {
  it('is asked for with HEAD, uncompressed, and once for all who ask, now and later', async () => {
    const address = server.on('/photo', ofBytes(1234));
    const both = await Promise.all([test.fetcher.size(address), test.fetcher.size(address)]);
    expect(both).toEqual([1234, 1234]);
    expect(await test.again({ offline: true }).size(address)).toBe(1234);
    const seen = server.requests.filter(({ path }) => path === '/photo');
    expect(seen).toMatchObject([{ method: 'HEAD', headers: { 'accept-encoding': 'identity' } }]);
    expect(test.fetcher.totals()).toMatchObject({ requests: 1, bytes: 0, failures: {} });
    // The photo itself is another question.
    expect((await test.fetcher.photo(address)).downloadedBytes).toBe(1234);
  });

  it('is that of where it redirects to', async () => {
    server.on('/placeholder', ofBytes(99));
    expect(await test.fetcher.size(server.on('/moved', redirect('/placeholder')))).toBe(99);
  });

  it('is unknown where the host says none, says it of something compressed, or answers no HEAD', async () => {
    const silentOnes = [content('whatever'), ofBytes(10, { 'content-encoding': 'gzip' }), statusPage(405)];
    for (const [index, reply] of silentOnes.entries()) {
      const path = `/says-none/${index}`;
      const address = server.on(path, reply);
      expect(await test.fetcher.size(address)).toBeUndefined();
      expect(await test.fetcher.size(address)).toBeUndefined();
      expect(server.asked(path)).toBe(1);
    }
  });

  it('is asked for again after a day where it was none, or not what is expected', async () => {
    const [day, path] = [24 * 3600_000, '/portal'];
    const size = () => test.fetcher.size(server.address(path), { expectedBytes: 1234 });
    for (const [reply, bytes] of [
      [ofBytes(99), 99],
      [content('whatever'), undefined],
      [ofBytes(1234), 1234],
    ] as const) {
      const asked = server.asked(path);
      server.on(path, reply);
      for (let time = 0; time < 3; time++) {
        expect(await size()).toBe(bytes);
        test.clock.milliseconds += day / 3 - 1;
      }
      expect(server.asked(path)).toBe(asked + 1);
      test.clock.milliseconds += day;
    }
    server.on(path, ofBytes(99));
    expect(await size()).toBe(1234);
    // To whoever expects nothing an answer is as good as another.
    expect(await test.fetcher.size(server.address(path))).toBe(1234);
    expect(server.asked(path)).toBe(3);
  });

  it.each([
    ['not there', statusPage(404), 'NOT_FOUND', 1],
    ['gone', statusPage(410), 'NOT_FOUND', 1],
    ['forbidden', statusPage(403), 'HTTP_STATUS', 1],
    ['throttled', faults.tooManyRequestsInHtml, 'THROTTLED', 4],
    ['reset', faults.resetAtOnce, 'UNREACHABLE', 4],
    ['flooded', faults.headerFlood, 'TOO_LARGE', 1],
    ['silent', faults.silence, 'TIMED_OUT', 2],
  ] as const)('is none of what is %s', async (name, reply, reason, tries) => {
    const limits = { maxTries: 2, idleMilliseconds: 300, tryMilliseconds: 600 };
    const fetcher = reason === 'TIMED_OUT' ? test.again({ limits }) : test.fetcher;
    const address = server.on(`/none/${name.replace(' ', '-')}`, reply);
    const path = new URL(address).pathname;
    await expect(fetcher.size(address)).rejects.toMatchObject({ name: 'FetchError', reason });
    expect(server.asked(path)).toBe(tries);
    expect(fetcher.totals().failures).toEqual({ [reason]: 1 });
    if (reason === 'NOT_FOUND' || reason === 'TOO_LARGE') {
      // Kept for a day.
      await expect(fetcher.size(address)).rejects.toMatchObject({ reason });
      expect(server.asked(path)).toBe(tries);
    }
  });

  it('is asked of nobody offline, nor of private addresses, and no longer than wanted', async () => {
    await expect(test.again({ offline: true }).size(server.address('/unasked'))).rejects.toMatchObject({
      reason: 'OFFLINE',
    });
    await expect(test.again({ allow: [] }).size(server.address('/unasked'))).rejects.toMatchObject({
      reason: 'PRIVATE_ADDRESS',
    });
    expect(server.asked('/unasked')).toBe(0);
    const stop = new AbortController();
    const asked = test.fetcher.size(server.on('/waiting', faults.silence), { signal: stop.signal });
    await expect.poll(() => server.asked('/waiting')).toBe(1);
    stop.abort(new Error('no more'));
    await expect(asked).rejects.toThrow('no more');
  });
});

describe('a photo of other bytes than expected', () => {
  it('is fetched again after a day, until it has them', async () => {
    const address = server.on('/exchanged', ofBytes(5));
    const photo = async () => {
      const { fromCache, downloadedBytes, ...rest } = await test.fetcher.photo(address, { expectedBytes: 7 });
      expect(rest).not.toHaveProperty('fetchedAt');
      return [fromCache, downloadedBytes];
    };
    expect([await photo(), await photo()]).toEqual([
      [false, 5],
      [true, 5],
    ]);
    server.on('/exchanged', ofBytes(7));
    expect(await photo()).toEqual([true, 5]);
    test.clock.milliseconds += 24 * 3600_000;
    const offline = test.again({ offline: true });
    expect((await offline.photo(address, { expectedBytes: 7 })).downloadedBytes).toBe(5);
    expect((await test.fetcher.photo(address)).fromCache).toBe(true);
    expect(await photo()).toEqual([false, 7]);
    test.clock.milliseconds += 24 * 3600_000;
    expect(await photo()).toEqual([true, 7]);
  });
});

describe('a photo that was kept before its orientation was noted', () => {
  it('is fetched again where the orientation matters, once', async () => {
    const address = server.on('/old', ofBytes(5));
    await test.fetcher.photo(address);
    const upright = { mediaType: 'image/jpeg', width: 1, height: 1, orientation: 1 };
    const fetcher = test.again({ preparePhoto: async (bytes) => ({ bytes, ...upright }) });
    const old = await fetcher.photo(address);
    expect([old.fromCache, old.orientation, server.asked('/old')]).toEqual([true, undefined, 1]);
    const noted = await fetcher.photo(address, { needsOrientation: true });
    expect([noted.fromCache, noted.orientation, server.asked('/old')]).toEqual([false, 1, 2]);
    const again = await fetcher.photo(address, { needsOrientation: true });
    expect([again.fromCache, again.orientation, server.asked('/old')]).toEqual([true, 1, 2]);
  });
});
