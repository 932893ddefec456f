import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultServer, type Reply } from './testing/fault-server.js';
import { content, faults, redirect, statusPage } from './testing/faults.js';
import { testFetcher, type TestFetcher } from './testing/test-fetcher.js';

const HOUR = 60 * 60 * 1000;
const IMPATIENT = { maxTries: 2, idleMilliseconds: 200, tryMilliseconds: 400 };
let server: FaultServer;
let test: TestFetcher;
beforeEach(async () => {
  server = await FaultServer.start();
  test = await testFetcher({ allow: [server.host], limits: IMPATIENT });
});
afterEach(async () => {
  await test.remove();
  await server.close();
});

/** Asks for a photo in two runs, the second `later` milliseconds after the first; gives how often its host was asked. */
async function askedTwice(reply: Reply, later: number): Promise<number> {
  const address = server.on('/p.jpg', reply);
  await expect(test.fetcher.photo(address)).rejects.toMatchObject({ name: 'FetchError' });
  test.clock.milliseconds += later;
  await expect(test.again().photo(address)).rejects.toMatchObject({ name: 'FetchError' });
  return server.asked('/p.jpg');
}

describe('a photo that failed', () => {
  const cases: [string, Reply, number, number][] = [
    ['status 403', statusPage(403), 1, 1],
    ['status 404', statusPage(404), 1, 24],
    ['status 400', statusPage(400), 1, 1],
    ['status 500', statusPage(500), 2, 1],
    ['a redirect to nowhere', (_, response) => response.writeHead(302).end(), 1, 1],
    ['a body that breaks off', faults.resetMidBody, 2, 1],
    ['a body that does not end', faults.slowBody, 2, 1],
  ];
  it.each(cases)('with %s is left alone by the next run too', async (_, reply, tries, hours) => {
    expect(await askedTwice(reply, hours * HOUR - 1000)).toBe(tries);
  });

  it.each(cases)('with %s is asked for again later', async (_, reply, tries, hours) => {
    expect(await askedTwice(reply, hours * HOUR)).toBe(2 * tries);
  });

  it('since its host is busy is asked for again', async () => {
    expect(await askedTwice(faults.tooManyRequestsInHtml, 60_000)).toBe(4);
  });

  it('since FETCH_ALLOW does not name an address is asked for again', async () => {
    expect(await askedTwice(redirect('http://169.254.169.254/'), 1000)).toBe(2);
  });

  it.each([
    ['silent', faults.silence],
    ['gone', faults.resetAtOnce],
  ])('at a host that is %s is left alone where another host answers meanwhile', async (_, reply) => {
    const other = await FaultServer.start();
    const fetcher = test.again({ allow: [server.host, other.host] });
    const address = server.on('/p.jpg', (...asked) => {
      void fetcher.text(other.on(`/${asked[2]}`, content('{}'))).then(() => reply(...asked));
    });
    try {
      await expect(fetcher.photo(address)).rejects.toMatchObject({ isOnline: true });
      const tries = server.asked('/p.jpg');
      await expect(fetcher.photo(address)).rejects.toMatchObject({ name: 'FetchError' });
      expect([tries, server.asked('/p.jpg')]).toEqual([2, 2]);
    } finally {
      fetcher.close();
      await other.close();
    }
  });

  it.each([
    ['silent', faults.silence],
    ['gone', faults.resetAtOnce],
  ])('while every host is %s is asked for again: our own network may be away', async (_, reply) => {
    expect(await askedTwice(reply, 1000)).toBe(4);
  });

  it('whose host fell silent in its middle is asked for again: our network may have gone away there', async () => {
    const address = server.on('/p.jpg', faults.resetMidBody, faults.silence);
    await expect(test.fetcher.photo(address)).rejects.toMatchObject({ reason: 'TIMED_OUT', isOnline: false });
    await expect(test.again().photo(address)).rejects.toMatchObject({ name: 'FetchError' });
    expect(server.asked('/p.jpg')).toBe(4);
  });

  it('after others were answered while it waited in line is asked for again', async () => {
    const fetcher = test.again({ limits: { ...IMPATIENT, inFlightPerHost: 1 } });
    const address = server.on('/p.jpg', faults.resetAtOnce);
    let waiting: Promise<unknown> | undefined;
    const slow = server.on('/slow', (_, response) => {
      waiting = fetcher.photo(address).catch((error: unknown) => error);
      setTimeout(() => response.end('{}'), 50);
    });
    await fetcher.text(slow);
    expect(await waiting).toMatchObject({ reason: 'UNREACHABLE', isOnline: false });
    await expect(fetcher.photo(address)).rejects.toMatchObject({ reason: 'UNREACHABLE' });
    expect(server.asked('/p.jpg')).toBe(4);
  });

  it('is had again when it is there', async () => {
    const address = server.on('/p.jpg', statusPage(500), statusPage(500), content('photo'));
    await expect(test.fetcher.photo(address)).rejects.toMatchObject({ status: 500 });
    test.clock.milliseconds += HOUR;
    expect((await test.again().photo(address)).fromCache).toBe(false);
    expect((await test.again().photo(address)).fromCache).toBe(true);
  });
});

describe('the size of a photo', () => {
  it('whose host fails is not asked for by the next run either', async () => {
    const address = server.on('/p.jpg', statusPage(500));
    for (const fetcher of [test.fetcher, test.again()]) {
      await expect(fetcher.size(address)).rejects.toMatchObject({ status: 500 });
    }
    expect(server.asked('/p.jpg')).toBe(2);
  });
});
