import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BlobStore } from './blob-store.js';
import { readBlobUrl } from './blob-url.js';
import { openStores } from './open-stores.js';
import { S3Objects, type S3Terms } from './s3-objects.js';
import { describeStores } from './testing/describe-stores.js';
import { type FaultProxy, startFaultProxy } from './testing/fault-proxy.js';
import { hasMoto, type Moto, startMoto } from './testing/start-moto.js';

const bucket = 'collages';
const picture = randomBytes(200_000);

describe.skipIf(!hasMoto)('with an S3 store (skipped where npm test could not install moto)', () => {
  let moto: Moto;
  let proxy: FaultProxy;
  const opened: Array<{ close(): void }> = [];
  beforeAll(async () => {
    moto = await startMoto(bucket);
    proxy = await startFaultProxy(moto.endpoint);
  });
  afterAll(async () => {
    for (const each of opened) each.close();
    proxy?.stop();
    await moto?.stop();
  });
  afterEach(() => {
    proxy.faults = [];
    proxy.seen.length = 0;
  });

  /** Tries three times without waiting. */
  function throughProxy(terms: Partial<S3Terms> = {}, name = bucket): S3Objects {
    const place = { bucket: name, prefix: 'here/', endpoint: proxy.endpoint, region: 'us-east-1' };
    const objects = new S3Objects(place, { tries: 3, sleep: async () => {}, ...terms });
    opened.push(objects);
    return objects;
  }

  describeStores('a bucket', () => {
    const objects = new S3Objects(readBlobUrl(`s3://${bucket}/some/where?endpoint=${moto.endpoint}`), {
      pageKeys: 10,
    });
    opened.push(objects);
    return objects;
  });

  it('lies in the bucket and below the prefix that BLOB_URL names', async () => {
    const { blobs, derived, check, close } = openStores(
      `s3://${bucket}/a/b?endpoint=${moto.endpoint}`,
      '/nowhere',
    );
    await check();
    const digest = await blobs.put(picture);
    await derived.put('text', 'model', digest, picture.subarray(0, 8));
    close();
    const whole = new S3Objects(readBlobUrl(`s3://${bucket}?endpoint=${moto.endpoint}`));
    opened.push(whole);
    expect(await whole.size(`a/b/blobs/${digest.slice(0, 2)}/${digest.slice(2, 4)}/${digest}`)).toBe(200_000);
    expect(await whole.size(`a/b/derived/text/model/${digest.slice(0, 2)}/${digest}`)).toBe(40);
  });

  it('uploads equal bytes once', async () => {
    const store = new BlobStore(throughProxy());
    const bytes = randomBytes(1000);
    await store.put(bytes);
    await store.put(bytes);
    expect(proxy.seen).toEqual(['HEAD', 'PUT', 'HEAD']);
  });

  it('does not replace what another wrote between the look and the write', async () => {
    const objects = throughProxy();
    await objects.write('raced', picture);
    await objects.write('raced', Buffer.from('later'), true);
    expect(await objects.size('raced')).toBe(200_000);
  });

  it.each(['slow-down', 'cut', 'truncated'] as const)(
    'reads through two answers that are %s',
    async (fault) => {
      const objects = throughProxy();
      await objects.write(`read-${fault}`, picture);
      proxy.faults = [fault, fault];
      expect((await objects.read(`read-${fault}`))!.equals(picture)).toBe(true);
    },
  );

  it.each(['slow-down', 'cut'] as const)('writes through two answers that are %s', async (fault) => {
    const objects = throughProxy();
    proxy.faults = [fault, fault];
    await objects.write(`write-${fault}`, picture);
    expect(await objects.size(`write-${fault}`)).toBe(200_000);
  });

  it.each(['silent', 'stalled'] as const)('gives up an answer that is %s and asks again', async (fault) => {
    const objects = throughProxy({ tryMilliseconds: 300 });
    await objects.write(fault, picture);
    proxy.faults = [fault];
    expect((await objects.read(fault))!.equals(picture)).toBe(true);
  });

  it('waits longer from try to try, by the die', async () => {
    const waits: number[] = [];
    const sleep = async (milliseconds: number) => waits.push(milliseconds);
    proxy.faults = Array.from({ length: 4 }, () => 'slow-down' as const);
    await throughProxy({ tries: 5, firstWaitMilliseconds: 100, sleep, random: () => 0.5 }).size('x');
    expect(waits).toEqual([50, 100, 200, 400]);
  });

  it('reads again what came with a bit wrong, and does not remove it', async () => {
    const store = new BlobStore(throughProxy());
    const digest = await store.put(picture);
    proxy.faults = ['garbled'];
    expect((await store.get(digest)).equals(picture)).toBe(true);
    expect(await store.has(digest)).toBe(true);
  });

  it('never takes half a body for a whole one, nor for a damaged one', async () => {
    const store = new BlobStore(throughProxy());
    const digest = await store.put(picture);
    proxy.faults = ['truncated', 'truncated', 'truncated'];
    await expect(store.get(digest)).rejects.toMatchObject({
      reason: 'BLOB_STORE_UNREACHABLE',
      isOutage: true,
    });
    expect((await store.get(digest)).equals(picture)).toBe(true);
  });

  it('writes without a condition where the store knows none', async () => {
    const objects = throughProxy();
    proxy.faults = ['no-conditions', 'no-conditions', 'no-conditions'];
    await objects.write('unconditional', picture, true);
    expect(await objects.size('unconditional')).toBe(200_000);
  });

  it.each([
    ['slow-down', 'BLOB_STORE_UNREACHABLE', /127\.0\.0\.1.*"collages", cannot be used now.*SlowDown/],
    ['denied', 'BLOB_STORE_REFUSED', /refuses us: correct the credentials.*AccessDenied/],
    ['full', 'BLOB_STORE_FULL', /no room left/],
  ] as const)('says of a store that is %s: %s', async (fault, reason, message) => {
    const objects = throughProxy();
    proxy.faults = [fault, fault, fault];
    const failure = await objects.write('refused', picture).catch((error: unknown) => error);
    expect(failure).toMatchObject({ reason, message: expect.stringMatching(message) });
    expect(proxy.seen).toHaveLength(reason === 'BLOB_STORE_UNREACHABLE' ? 3 : 1);
  });

  it('says that the bucket is not there, at the start and later', async () => {
    const objects = throughProxy({}, 'not-there');
    await expect(objects.check()).rejects.toMatchObject({ reason: 'BLOB_BUCKET_MISSING' });
    await expect(objects.write('x', picture)).rejects.toMatchObject({ reason: 'BLOB_BUCKET_MISSING' });
    await expect(objects.read('x')).rejects.toMatchObject({
      reason: 'BLOB_BUCKET_MISSING',
      message: expect.stringContaining('"not-there", is not there: make the bucket, or correct BLOB_URL'),
    });
  });

  it('says so while the server is down, and goes on once it is back', async () => {
    const mine = await startMoto(bucket);
    const place = readBlobUrl(`s3://${bucket}?endpoint=${mine.endpoint}`);
    const store = new BlobStore(new S3Objects(place, { tries: 2, sleep: async () => {} }));
    const digest = await store.put(picture);
    await mine.stop();
    const unreachable = {
      reason: 'BLOB_STORE_UNREACHABLE',
      message: expect.stringContaining('ECONNREFUSED'),
    };
    await expect(store.get(digest)).rejects.toMatchObject(unreachable);
    await expect(store.put(picture)).rejects.toMatchObject(unreachable);
    await expect(store.has(digest)).rejects.toMatchObject(unreachable);
    const back = await startMoto(bucket, Number(new URL(mine.endpoint).port));
    try {
      // moto holds nothing on disk; what is put again is there again.
      await expect(store.get(digest)).rejects.toMatchObject({ reason: 'BLOB_MISSING' });
      await store.put(picture);
      expect((await store.get(digest)).equals(picture)).toBe(true);
    } finally {
      await back.stop();
    }
  });
});

describe('S3Objects', () => {
  it('says that there are no credentials, and which settings give some', async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...rest } = process.env;
    const kept = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
    process.env = { ...rest, AWS_EC2_METADATA_DISABLED: 'true', HOME: '/nonexistent' };
    try {
      const objects = new S3Objects(readBlobUrl('s3://bucket?endpoint=http://127.0.0.1:9'), { tries: 1 });
      await expect(objects.read('x')).rejects.toMatchObject({
        reason: 'BLOB_STORE_REFUSED',
        message: expect.stringContaining('set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'),
      });
    } finally {
      for (const [name, value] of Object.entries({ ...rest, ...kept }))
        if (value !== undefined) process.env[name] = value;
    }
  });
});
