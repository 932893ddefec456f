import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync, brotliCompressSync, deflateSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '@collage/blobs/blob-store.js';
import { HttpFetcher } from './http-fetcher.js';
import { FaultServer, type Reply } from './testing/fault-server.js';
import { content, redirect, statusPage } from './testing/faults.js';
import { testFetcher, type TestFetcher } from './testing/test-fetcher.js';

const DAY = 24 * 60 * 60 * 1000;
let server: FaultServer;
let test: TestFetcher;
beforeEach(async () => {
  server = await FaultServer.start();
  test = await testFetcher({ allow: [server.host] });
});
afterEach(async () => {
  await test.remove();
  await server.close();
});

/** Answers 304 to whoever has this version. */
function versioned(body: string, etag: string, modified = 'Mon, 02 Nov 2026 10:00:00 GMT'): Reply {
  return ({ headers }, response) => {
    if (headers['if-none-match'] === etag && headers['if-modified-since'] === modified) {
      response.writeHead(304, { etag }).end();
    } else {
      response.writeHead(200, { etag, 'last-modified': modified }).end(body);
    }
  };
}

describe('a text', () => {
  it('comes with status, headers and body, and without cookies', async () => {
    const reply = content('{"ü":1}', 'application/json; charset=utf-8', { 'set-cookie': 'a=b' });
    server.on('/a%20b?c=%C3%BC', reply);
    const answer = await test.fetcher.text(server.address('/a b?c=ü'));
    expect(answer).toMatchObject({ status: 200, body: '{"ü":1}', fromCache: false });
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8' });
    expect(answer.headers).not.toHaveProperty('set-cookie');
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('may come as %s, and its bytes are counted as sent', async (encoding, compress) => {
    const text = 'penguin '.repeat(1000);
    const sent = compress(Buffer.from(text));
    const reply = content(sent, 'text/plain', { 'content-encoding': encoding });
    expect((await test.fetcher.text(server.on('/', reply))).body).toBe(text);
    expect(test.fetcher.counts()[server.host]).toMatchObject({ requests: 1, bytes: sent.length });
  });

  it('is kept for a day, also for the next run', async () => {
    const address = server.on('/search', content('{}'));
    await test.fetcher.text(address);
    test.clock.milliseconds += DAY - 1;
    const warm = test.again();
    expect(await warm.text(`${address}#part`)).toMatchObject({ status: 200, body: '{}', fromCache: true });
    expect(warm.totals()).toMatchObject({ requests: 0, bytes: 0, cacheHits: 1 });
    test.clock.milliseconds += 1;
    expect((await warm.text(address)).fromCache).toBe(false);
    expect(server.asked('/search')).toBe(2);
  });

  it('of yesterday is revalidated, and good for another day after a 304', async () => {
    const address = server.on('/search', versioned('{"v":1}', '"one"'));
    await test.fetcher.text(address);
    for (const day of [1, 2]) {
      test.clock.milliseconds += DAY;
      const answer = await test.fetcher.text(address);
      expect(answer).toMatchObject({ status: 200, body: '{"v":1}', fromCache: true });
      expect((await test.fetcher.text(address)).fromCache).toBe(true);
      expect(server.asked('/search')).toBe(1 + day);
    }
    expect(test.fetcher.totals()).toMatchObject({ requests: 3, revalidations: 2, cacheHits: 2, bytes: 7 });
    test.clock.milliseconds += DAY;
    server.on('/search', versioned('{"v":2}', '"two"'));
    expect(await test.fetcher.text(address)).toMatchObject({ body: '{"v":2}', fromCache: false });
  });

  it('that is not there is not asked for again the same day', async () => {
    const address = server.address('/gone');
    for (const fetcher of [test.fetcher, test.again()]) {
      await expect(fetcher.text(address)).rejects.toMatchObject({
        reason: 'NOT_FOUND',
        status: 404,
        address,
        message: `${address} is not there (status 404)`,
      });
    }
    expect(server.asked('/gone')).toBe(1);
    test.clock.milliseconds += DAY;
    server.on('/gone', content('back'));
    expect((await test.fetcher.text(address)).body).toBe('back');
  });

  it('that failed for a passing reason is asked for again', async () => {
    const address = server.on('/', statusPage(403), content('{}'));
    await expect(test.fetcher.text(address)).rejects.toMatchObject({ reason: 'HTTP_STATUS', status: 403 });
    expect((await test.fetcher.text(address)).status).toBe(200);
  });

  it('that is no good answer is given, and asked for again', async () => {
    const address = server.on('/api', content('{"error":"no"}'), content('{"query":{}}'));
    const isGood = ({ body }: { body: string }) => !body.includes('error');
    expect((await test.fetcher.text(address, { isGood })).body).toBe('{"error":"no"}');
    expect(await test.fetcher.text(address, { isGood })).toMatchObject({ body: '{"query":{}}' });
    expect((await test.fetcher.text(address, { isGood })).fromCache).toBe(true);
    expect(server.asked('/api')).toBe(2);
  });

  it('that was too large is asked for again with a larger limit only', async () => {
    const address = server.on('/large', content('x'.repeat(2000)));
    for (const maxBytes of [1000, 1000, 500]) {
      await expect(test.fetcher.text(address, { maxBytes })).rejects.toMatchObject({ reason: 'TOO_LARGE' });
    }
    expect(server.asked('/large')).toBe(1);
    expect((await test.fetcher.text(address, { maxBytes: 2000 })).body).toHaveLength(2000);
  });

  it('wanted by twenty at once is asked for once', async () => {
    const address = server.on('/', content('{}'));
    const answers = await Promise.all(Array.from({ length: 20 }, () => test.fetcher.text(address)));
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(['{}']));
    expect(test.fetcher.totals().requests).toBe(1);
  });

  it('that was damaged on disk is fetched anew', async () => {
    const address = server.on('/search', content('{"v":"penguin"}'));
    await test.fetcher.text(address);
    const folder = join(test.folder, 'fetched', 'texts');
    const [file] = (await readdir(folder, { recursive: true })).filter((name) => name.length > 10);
    const path = join(folder, file!);
    await writeFile(path, (await readFile(path, 'utf8')).replace('penguin', 'pelican'));
    expect(await test.fetcher.text(address)).toMatchObject({ body: '{"v":"penguin"}', fromCache: false });
    await writeFile(path, '');
    expect((await test.fetcher.text(address)).fromCache).toBe(false);
  });
});

describe('a photo', () => {
  const received = Buffer.from('a photo as it came');
  const stored = Buffer.from('a photo as it is stored');
  let prepared: number;
  beforeEach(() => {
    prepared = 0;
  });
  const preparing = () =>
    test.again({
      preparePhoto: async (bytes) => {
        prepared += 1;
        if (!bytes.equals(received)) {
          throw Object.assign(new Error('Expected jpeg but received text'), { reason: 'FORMAT_NOT_ALLOWED' });
        }
        return { bytes: stored, mediaType: 'image/jpeg', width: 3, height: 2, orientation: 6 };
      },
    });

  it('is stored as prepared and known by what was received', async () => {
    const address = server.on('/p.jpg', redirect('/real.jpg'));
    server.on('/real.jpg', content(received, 'image/jpeg'));
    const photo = await preparing().photo(address);
    expect(photo).toMatchObject({
      digest: sha256Hex(stored),
      sha1: 'a3a431fd9d57371e7f253714dc9182b66d2606f7',
      mediaType: 'image/jpeg',
      width: 3,
      height: 2,
      orientation: 6,
      downloadedBytes: received.length,
      fromCache: false,
    });
    expect(await photo.bytes()).toEqual(stored);
  });

  it('is kept for good: a second run asks nothing', async () => {
    const address = server.on('/p.jpg', content(received));
    const { fromCache: cold, bytes: _, ...first } = await preparing().photo(address);
    test.clock.milliseconds += 1000 * DAY;
    const warm = preparing();
    const { fromCache, bytes, ...second } = await warm.photo(address);
    expect([cold, fromCache, prepared]).toEqual([false, true, 1]);
    expect(second).toEqual(first);
    expect(await bytes()).toEqual(stored);
    expect(warm.totals()).toMatchObject({ requests: 0, bytes: 0, cacheHits: 1 });
  });

  it('whose bytes are gone is fetched anew', async () => {
    const address = server.on('/p.jpg', content(received));
    const fetcher = preparing();
    const { digest } = await fetcher.photo(address);
    const path = join(test.folder, 'blobs', digest.slice(0, 2), digest.slice(2, 4), digest);
    await writeFile(path, 'damaged');
    await expect((await fetcher.photo(address)).bytes()).rejects.toMatchObject({ reason: 'BLOB_DAMAGED' });
    const again = await fetcher.photo(address);
    expect(again.fromCache).toBe(false);
    expect(await again.bytes()).toEqual(stored);
  });

  it('that is none is refused with the reason, and not asked for again the same day', async () => {
    const address = server.on('/p.jpg', content('<svg/>', 'image/jpeg'));
    const fetcher = preparing();
    for (const _ of [1, 2]) {
      await expect(fetcher.photo(address)).rejects.toMatchObject({
        reason: 'NOT_A_PHOTO',
        message: `${address} is no photo we take: Expected jpeg but received text`,
      });
    }
    expect(server.asked('/p.jpg')).toBe(1);
    expect(fetcher.totals().failures).toEqual({ NOT_A_PHOTO: 2 });
  });

  it('that could not be prepared for a reason of our own fails as that', async () => {
    const address = server.on('/p.jpg', content(received));
    const broken = test.again({ preparePhoto: () => Promise.reject(new TypeError('a bug')) });
    await expect(broken.photo(address)).rejects.toThrow(TypeError);
    expect((await preparing().photo(address)).fromCache).toBe(false);
  });

  it('wanted by many at once is asked for and prepared once', async () => {
    const address = server.on('/p.jpg', content(received));
    const fetcher = preparing();
    const photos = await Promise.all(Array.from({ length: 10 }, () => fetcher.photo(address)));
    expect(new Set(photos.map(({ digest }) => digest)).size).toBe(1);
    expect([fetcher.totals().requests, prepared]).toEqual([1, 1]);
  });

  it('is one of at most so many of its host in memory', async () => {
    let [now, peak] = [0, 0];
    const fetcher = test.again({
      limits: { photosPerHost: 4 },
      preparePhoto: async (bytes) => {
        peak = Math.max(peak, (now += 1));
        await new Promise((resolve) => setTimeout(resolve, 20));
        now -= 1;
        return { bytes, mediaType: 'image/jpeg', width: 1, height: 1 };
      },
    });
    const addresses = Array.from({ length: 16 }, (_, index) => server.on(`/${index}`, content(`${index}`)));
    await Promise.all(addresses.map((address) => fetcher.photo(address)));
    expect(peak).toBeGreaterThan(1);
    expect(peak).toBeLessThanOrEqual(4);
  });
});

describe('offline', () => {
  it('answers from the disk, of any age, and else says OFFLINE', async () => {
    const [text, photo] = [server.on('/t', content('{}')), server.on('/p', content('photo'))];
    await Promise.all([test.fetcher.text(text), test.fetcher.photo(photo)]);
    await expect(test.fetcher.text(server.address('/gone'))).rejects.toThrow();
    test.clock.milliseconds += 30 * DAY;
    server.requests.length = 0;
    const offline = test.again({ offline: true });
    expect((await offline.text(text)).fromCache).toBe(true);
    expect((await offline.photo(photo)).fromCache).toBe(true);
    await expect(offline.text(server.address('/gone'))).rejects.toMatchObject({ reason: 'NOT_FOUND' });
    await expect(offline.text(server.address('/new'))).rejects.toMatchObject({ reason: 'OFFLINE' });
    await expect(offline.photo(server.address('/new'))).rejects.toThrow('OFFLINE forbids');
    expect(server.requests).toEqual([]);
    expect(offline.totals()).toMatchObject({ requests: 0, cacheHits: 3 });
  });
});

describe('counts', () => {
  it('are kept by host, failures by reason, redirects where they lead', async () => {
    const other = await FaultServer.start();
    const fetcher = test.again({ allow: [server.host, other.host] });
    try {
      await fetcher.text(server.on('/from', redirect(other.on('/to', content('12345')))));
      await expect(fetcher.text('nonsense')).rejects.toMatchObject({ reason: 'ADDRESS_INVALID' });
      await expect(fetcher.text(other.address('/nothing'))).rejects.toThrow();
      const none = { bytes: 0, cacheHits: 0, revalidations: 0, failures: {} };
      expect(fetcher.counts()).toEqual({
        [server.host]: { ...none, requests: 1 },
        [other.host]: { ...none, requests: 2, bytes: 5, failures: { NOT_FOUND: 1 } },
        '': { ...none, requests: 0, failures: { ADDRESS_INVALID: 1 } },
      });
      expect(fetcher.totals()).toEqual({
        ...none,
        requests: 3,
        bytes: 5,
        failures: { NOT_FOUND: 1, ADDRESS_INVALID: 1 },
      });
    } finally {
      await other.close();
    }
  });
});

describe('a wrong setting', () => {
  it('ends the start and is named', () => {
    const { blobs } = test;
    const preparePhoto = () => Promise.reject(new Error());
    const options = { userAgent: 'x', cacheFolder: test.folder, blobs, preparePhoto, offline: false };
    expect(() => new HttpFetcher({ ...options, allow: ['localhost'] })).toThrow('FETCH_ALLOW');
  });
});
