import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Lookup } from './special-addresses.js';
import { FaultServer } from './testing/fault-server.js';
import { content, redirect } from './testing/faults.js';
import { testFetcher, type TestFetcher } from './testing/test-fetcher.js';

let inside: FaultServer;
let outside: FaultServer;
let test: TestFetcher;
beforeAll(async () => {
  [inside, outside] = await Promise.all([FaultServer.start(), FaultServer.start()]);
});
afterAll(() => Promise.all([inside.close(), outside.close()]));
beforeEach(async () => {
  // The one on loopback that stands for the world outside.
  test = await testFetcher({ allow: [outside.host], limits: { maxTries: 1 } });
});
afterEach(() => test.remove());

/** Written as it is; PORT is that of a server that must not be reached. */
const PRIVATE = [
  'http://127.0.0.1:PORT/',
  'http://localhost:PORT/',
  'http://2130706433:PORT/',
  'http://0x7f000001:PORT/',
  'http://0x7f.1:PORT/',
  'http://0177.0.0.1:PORT/',
  'http://127.1:PORT/',
  'http://127.0.0.1.:PORT/',
  'http://①②⑦.0.0.1:PORT/',
  'http://0.0.0.0:PORT/',
  'http://[::1]:PORT/',
  'http://[::]:PORT/',
  'http://[::127.0.0.1]:PORT/',
  'http://[::ffff:127.0.0.1]:PORT/',
  'http://[::ffff:7f00:1]:PORT/',
  'http://[64:ff9b::7f00:1]:PORT/',
  'http://[2002:7f00:1::]:PORT/',
  'https://127.0.0.1:PORT/',
  'http://169.254.169.254/latest/meta-data/',
  'http://2852039166/latest/meta-data/',
  'http://0xa9fea9fe/latest/meta-data/',
  'http://0251.0376.0251.0376/latest/meta-data/',
  'http://[::ffff:169.254.169.254]/latest/meta-data/',
  'http://[::ffff:a9fe:a9fe]/latest/meta-data/',
  'http://[fd00:ec2::254]/latest/meta-data/',
  'http://100.100.100.200/latest/meta-data/',
  'http://10.0.0.1/',
  'http://172.16.0.1/',
  'http://192.168.0.1/',
  'http://[fe80::1]/',
  'http://255.255.255.255/',
  'http://168.63.129.16/machine',
  'http://[4000::1]/',
];

describe('a private address', () => {
  it.each(PRIVATE)('is not reached: %s', async (written) => {
    const address = written.replace('PORT', String(inside.port));
    await expect(test.fetcher.text(address)).rejects.toMatchObject({ reason: 'PRIVATE_ADDRESS' });
    await expect(test.fetcher.photo(address)).rejects.toMatchObject({ reason: 'PRIVATE_ADDRESS' });
    expect(inside.requests).toEqual([]);
    expect(test.fetcher.totals().failures).toEqual({ PRIVATE_ADDRESS: 2 });
  });

  it.each(PRIVATE)('is not reached by redirect: %s', async (written) => {
    const address = written.replace('PORT', String(inside.port));
    const start = outside.on(
      `/to/${encodeURIComponent(written)}`,
      redirect(address.replace(/[^ -~]+/g, encodeURIComponent)),
    );
    const error = test.fetcher.text(start);
    await expect(error).rejects.toMatchObject({ reason: 'PRIVATE_ADDRESS', address: new URL(address).href });
    await expect(error).rejects.toThrow('FETCH_ALLOW');
    expect(inside.requests).toEqual([]);
  });

  it('is not reached through a proxy of the environment', async () => {
    const before = process.env.http_proxy;
    process.env.http_proxy = inside.address('');
    try {
      outside.on('/direct', content('{}'));
      expect((await test.fetcher.text(outside.address('/direct'))).status).toBe(200);
      expect(inside.requests).toEqual([]);
    } finally {
      if (before === undefined) delete process.env.http_proxy;
      else process.env.http_proxy = before;
    }
  });

  it('is refused on every other port of an allowed host', async () => {
    inside.on('/', content('secret'));
    const allowed = test.again({ allow: [inside.host] });
    expect((await allowed.text(inside.address('/'))).body).toBe('secret');
    await expect(allowed.text(outside.address('/'))).rejects.toMatchObject({ reason: 'PRIVATE_ADDRESS' });
    inside.requests.length = 0;
  });
});

describe('a name', () => {
  const PUBLIC = { address: '93.184.215.14', family: 4 };
  const LOOPBACK = { address: '127.0.0.1', family: 4 };

  function answering(...answers: Array<Array<typeof PUBLIC>>) {
    const asked: string[] = [];
    const lookup: Lookup = (hostname, { all }, callback) => {
      asked.push(hostname);
      const found = answers[Math.min(asked.length, answers.length) - 1]!;
      if (all) callback(null, found);
      else callback(null, found[0]!.address, found[0]!.family);
    };
    return { lookup, asked };
  }

  it('that leads to loopback is refused, also where public addresses come first', async () => {
    const compatible = { address: '::7f00:1', family: 6 };
    for (const addresses of [[LOOPBACK], [PUBLIC, LOOPBACK], [PUBLIC, compatible]]) {
      const { lookup, asked } = answering(addresses);
      const fetcher = test.again({ lookup });
      const answer = fetcher.text(`http://rebind.test:${inside.port}/`);
      await expect(answer).rejects.toMatchObject({ reason: 'PRIVATE_ADDRESS' });
      expect(asked).toEqual(['rebind.test']);
      expect(inside.requests).toEqual([]);
    }
  });

  it('that was public and is private now (DNS rebinding) is refused: each connection looks for itself', async () => {
    const { lookup, asked } = answering([PUBLIC], [LOOPBACK]);
    const leaving = new AbortController();
    const fetcher = test.again({
      lookup: (hostname, options, callback) => {
        // Nobody outside is to be bothered by a test: the first connection is given up while it is looked up.
        if (asked.length === 0) leaving.abort(new Error('enough'));
        lookup(hostname, options, callback);
      },
    });
    const address = `http://rebind.test:${inside.port}/`;
    await expect(fetcher.text(address, { signal: leaving.signal })).rejects.toThrow('enough');
    await expect(fetcher.text(address)).rejects.toMatchObject({ reason: 'PRIVATE_ADDRESS' });
    expect(asked).toHaveLength(2);
    expect(inside.requests).toEqual([]);
  });

  it('that is allowed may lead to loopback, under that name alone', async () => {
    inside.on('/named', content('{}'));
    const { lookup } = answering([LOOPBACK]);
    const fetcher = test.again({ lookup, allow: [`wiki.test:${inside.port}`] });
    expect((await fetcher.text(`http://wiki.test:${inside.port}/named`)).status).toBe(200);
    inside.requests.length = 0;
    await expect(fetcher.text(`http://other.test:${inside.port}/named`)).rejects.toMatchObject({
      reason: 'PRIVATE_ADDRESS',
    });
    expect(inside.requests).toEqual([]);
  });

  it('that nobody knows is UNREACHABLE', async () => {
    const lookup: Lookup = (_, __, callback) =>
      callback(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }), '');
    await expect(test.again({ lookup }).text('http://nobody.test/')).rejects.toMatchObject({
      reason: 'UNREACHABLE',
    });
  });
});
