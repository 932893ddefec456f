import { readdir } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FetchError, type FetchReason } from './fetch-error.js';
import { FaultServer } from './testing/fault-server.js';
import { content, faults, redirect, statusPage } from './testing/faults.js';
import { testFetcher, type TestFetcher } from './testing/test-fetcher.js';

const MIB = 1024 * 1024;
/** Real time is waited only where a host lets us wait. */
const IMPATIENT = { maxTries: 2, idleMilliseconds: 300, tryMilliseconds: 600 };
let server: FaultServer;
let test: TestFetcher;
beforeAll(async () => {
  server = await FaultServer.start();
});
afterAll(() => server.close());
beforeEach(async () => {
  test = await testFetcher({
    allow: [server.host],
    limits: { maxTextBytes: 4 * MIB, maxPhotoBytes: 4 * MIB },
  });
});
afterEach(() => test.remove());

let paths = 0;
const freshPath = () => `/${(paths += 1)}`;

async function failure(promise: Promise<unknown>): Promise<FetchError> {
  const error = await promise.then(
    (value) => new Error(`Expected a failure but received ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof FetchError)) throw error;
  return error;
}

describe('a faulty host', () => {
  const cases: Array<[Exclude<keyof typeof faults, 'unavailable'>, FetchReason, number]> = [
    ['tooManyRequestsInHtml', 'THROTTLED', 4],
    ['silence', 'TIMED_OUT', 2],
    ['slowBody', 'TIMED_OUT', 2],
    ['trickle', 'TIMED_OUT', 2],
    ['endlessBody', 'TOO_LARGE', 1],
    ['tenGigabytes', 'TOO_LARGE', 1],
    ['gzipBomb', 'TOO_LARGE', 1],
    ['doubleGzip', 'HTTP_STATUS', 1],
    ['falseGzip', 'UNREACHABLE', 4],
    ['resetMidBody', 'UNREACHABLE', 4],
    ['resetAtOnce', 'UNREACHABLE', 4],
    ['headerFlood', 'TOO_LARGE', 1],
    ['gibberish', 'UNREACHABLE', 4],
  ];

  it.each(cases)('that answers with %s is %s, after %i tries', async (name, reason, tries) => {
    const fault = faults[name];
    const limits = { maxTextBytes: 4 * MIB, maxPhotoBytes: 4 * MIB };
    const fetcher =
      reason === 'TIMED_OUT' ? test.again({ limits: { ...limits, ...IMPATIENT } }) : test.fetcher;
    for (const kind of ['text', 'photo'] as const) {
      const path = freshPath();
      const error = await failure(fetcher[kind](server.on(path, fault)));
      expect(error).toMatchObject({ reason, address: server.address(path) });
      expect(error.message).toContain(server.address(path));
      expect(server.asked(path)).toBe(tries);
    }
    expect(fetcher.totals()).toMatchObject({ requests: 2 * tries, failures: { [reason]: 2 } });
    expect(fetcher.totals().bytes).toBeLessThan(2 * 5 * MIB);
    expect(await readdir(test.folder, { recursive: true })).not.toContainEqual(expect.stringMatching(/tmp$/));
    fetcher.close();
    await expect.poll(() => server.openSockets, { timeout: 5_000 }).toBe(0);
  });

  it.each([
    [404, 'NOT_FOUND', 1],
    [410, 'NOT_FOUND', 1],
    [403, 'HTTP_STATUS', 1],
    [304, 'HTTP_STATUS', 1],
    [500, 'HTTP_STATUS', 4],
    [502, 'HTTP_STATUS', 4],
    [503, 'THROTTLED', 4],
  ] as const)('that answers with status %i is %s, after %i tries', async (status, reason, tries) => {
    const path = freshPath();
    const error = await failure(test.fetcher.text(server.on(path, statusPage(status))));
    expect(error).toMatchObject({ reason, status });
    expect(server.asked(path)).toBe(tries);
  });

  it('that recovers is forgiven, whatever it did at first', async () => {
    const passing = [faults.resetMidBody, faults.tooManyRequestsInHtml, faults.slowBody] as const;
    const path = freshPath();
    const fetcher = test.again({ limits: { idleMilliseconds: 300 } });
    const answer = await fetcher.text(server.on(path, ...passing, content('{"at":"last"}')));
    expect(answer).toMatchObject({ status: 200, body: '{"at":"last"}', fromCache: false });
    // Full jitter at one half: 1, 2 and 4 seconds; the fourth try may start after the interval.
    expect(test.clock.sleeps.filter((sleep) => sleep >= 500)).toEqual([500, 1000, 2000]);
    expect(fetcher.totals()).toMatchObject({ requests: 4, failures: {} });
  });

  it('that nobody listens at is UNREACHABLE', async () => {
    const gone = await FaultServer.start();
    const address = gone.address('/');
    const fetcher = test.again({ allow: [gone.host] });
    await gone.close();
    expect(await failure(fetcher.text(address))).toMatchObject({ reason: 'UNREACHABLE' });
  });
});

describe('a body of the largest size', () => {
  it('is taken, one byte more is not, announced or not', async () => {
    const request = { maxBytes: 1000 };
    const exact = server.on(freshPath(), content('x'.repeat(1000)));
    expect((await test.fetcher.text(exact, request)).body).toHaveLength(1000);
    for (const length of [{ 'content-length': '1001' }, { 'transfer-encoding': 'chunked' }]) {
      const over = server.on(freshPath(), content('x'.repeat(1001), 'text/plain', length as never));
      expect(await failure(test.fetcher.text(over, request))).toMatchObject({ reason: 'TOO_LARGE' });
    }
  });
});

describe('redirects', () => {
  it('are followed, relative ones too, five at most', async () => {
    server.on('/five/5', content('arrived'));
    for (let hop = 0; hop < 5; hop++) server.on(`/five/${hop}`, redirect(`./${hop + 1}`, 301 + (hop % 3)));
    expect((await test.fetcher.text(server.address('/five/0'))).body).toBe('arrived');
    server.on('/six/6', content('too far'));
    for (let hop = 0; hop < 6; hop++) server.on(`/six/${hop}`, redirect(`/six/${hop + 1}`, 308));
    const error = await failure(test.fetcher.text(server.address('/six/0')));
    expect(error).toMatchObject({ reason: 'TOO_MANY_REDIRECTS', address: server.address('/six/0') });
    expect(server.asked('/six/6')).toBe(0);
  });

  it('in a loop end', async () => {
    server.on('/loop/b', redirect('/loop/a'));
    const error = await failure(test.fetcher.text(server.on('/loop/a', redirect('/loop/b'))));
    expect(error.reason).toBe('TOO_MANY_REDIRECTS');
    expect(server.asked('/loop/a') + server.asked('/loop/b')).toBe(6);
  });

  it('to nowhere are an HTTP_STATUS', async () => {
    const address = server.on(freshPath(), (_, response) => response.writeHead(302).end());
    expect(await failure(test.fetcher.text(address))).toMatchObject({ reason: 'HTTP_STATUS', status: 302 });
  });

  it.each(['file:///etc/passwd', 'ftp://127.0.0.1/', 'data:text/plain,hello', 'http://me:secret@127.0.0.1/'])(
    'to %s are refused',
    async (location) => {
      const error = await failure(test.fetcher.text(server.on(freshPath(), redirect(location))));
      expect(error.reason).toBe('ADDRESS_INVALID');
      expect(error.message).not.toContain('secret');
    },
  );
});

describe('giving up', () => {
  it('ends the request at once, with the reason given', async () => {
    const leaving = new AbortController();
    const asked = test.again({ limits: { idleMilliseconds: 60_000, tryMilliseconds: 60_000 } });
    const path = freshPath();
    const answer = asked.text(server.on(path, faults.silence), { signal: leaving.signal });
    await expect.poll(() => server.asked(path)).toBe(1);
    leaving.abort(new Error('no more'));
    await expect(answer).rejects.toThrow('no more');
    await expect.poll(() => server.inFlight.now).toBe(0);
  });

  it('of one leaves the request of the other alone; of both ends it', async () => {
    const fetcher = test.again({ limits: { idleMilliseconds: 60_000, tryMilliseconds: 60_000 } });
    const path = freshPath();
    let finish = () => {};
    server.on(path, (_, response) => {
      finish = () => response.end('done');
    });
    const [first, second] = [new AbortController(), new AbortController()];
    const given = fetcher.text(server.address(path), { signal: first.signal });
    const taken = fetcher.text(server.address(path), { signal: second.signal });
    await expect.poll(() => server.asked(path)).toBe(1);
    first.abort();
    await expect(given).rejects.toThrow();
    finish();
    expect((await taken).body).toBe('done');
    expect(server.asked(path)).toBe(1);

    const silent = server.on(freshPath(), faults.silence);
    const both = [new AbortController(), new AbortController()];
    const answers = both.map(({ signal }) => fetcher.text(silent, { signal }));
    await expect.poll(() => server.inFlight.now).toBe(1);
    for (const controller of both) controller.abort();
    const results = await Promise.allSettled(answers);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect.poll(() => server.inFlight.now).toBe(0);
  });
});
