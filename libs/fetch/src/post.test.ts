import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FaultServer, type Reply } from './testing/fault-server.js';
import { testFetcher, type TestFetcher } from './testing/test-fetcher.js';

let server: FaultServer;
let other: FaultServer;
let test: TestFetcher;
beforeAll(async () => {
  [server, other] = await Promise.all([FaultServer.start(), FaultServer.start()]);
});
afterAll(() => Promise.all([server.close(), other.close()]));
beforeEach(async () => {
  test = await testFetcher({ allow: [server.host] });
});
afterEach(() => test.remove());

const status =
  (code: number, headers: Record<string, string> = {}): Reply =>
  (_request, response) =>
    response.writeHead(code, headers).end('heard');

describe('post', () => {
  it('sends the text with its headers, and is content with any 2xx', async () => {
    let body = '';
    const hear: Reply = (request, response) => {
      request.on('data', (chunk) => (body += chunk)).on('end', () => response.writeHead(204).end());
    };
    const address = server.on('/hook', hear);
    const headers = { 'Content-Type': 'application/json', 'X-Signature': 'abc' };
    await test.fetcher.post(address, '{"ä":1}', { headers });
    expect(body).toBe('{"ä":1}');
    expect(server.requests.at(-1)!.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': '8',
      'x-signature': 'abc',
      'user-agent': 'ClipAndPaste/test (nobody)',
    });
  });

  it.each([
    ['a client error', 400],
    ['a server error, which is not tried again: whoever posts decides', 500],
  ])('fails with %s', async (_what, code) => {
    const address = server.on(`/status-${code}`, status(code));
    const posted = test.fetcher.post(address, 'a', { headers: {} });
    await expect(posted).rejects.toMatchObject({ reason: 'HTTP_STATUS', status: code });
    expect(server.asked(`/status-${code}`)).toBe(1);
    expect(test.fetcher.counts()[server.host]!.failures).toEqual({ HTTP_STATUS: 1 });
  });

  it.each([301, 302, 307, 308])(
    'follows no redirect (%s): what was posted is for one address',
    async (code) => {
      const target = server.on(`/target-${code}`, status(200));
      const address = server.on(`/from-${code}`, status(code, { Location: target }));
      await expect(test.fetcher.post(address, 'a', { headers: {} })).rejects.toThrow('redirects');
      expect(server.asked(`/target-${code}`)).toBe(0);
    },
  );

  it('reaches no private address', async () => {
    const posted = test.fetcher.post(other.on('/hook', status(200)), 'a', { headers: {} });
    await expect(posted).rejects.toMatchObject({ reason: 'PRIVATE_ADDRESS' });
    expect(other.asked('/hook')).toBe(0);
  });

  it('posts nothing where OFFLINE is set', async () => {
    const posted = test.again({ offline: true }).post(server.on('/off', status(200)), 'a', { headers: {} });
    await expect(posted).rejects.toMatchObject({ reason: 'OFFLINE' });
    expect(server.asked('/off')).toBe(0);
  });

  it('says for how long a busy host asks to be left alone', async () => {
    const address = server.on('/busy', status(429, { 'Retry-After': '30' }));
    await expect(test.fetcher.post(address, 'a', { headers: {} })).rejects.toMatchObject({
      reason: 'THROTTLED',
      retryAfterSeconds: 30,
    });
    expect(server.asked('/busy')).toBe(1);
  });

  it('reads no endless answer', async () => {
    const address = server.on('/long', (_request, response) => {
      response.writeHead(200);
      response.end(Buffer.alloc(70_000));
    });
    await expect(test.fetcher.post(address, 'a', { headers: {} })).rejects.toMatchObject({
      reason: 'TOO_LARGE',
    });
  });

  it('ends with its signal', async () => {
    const address = server.on('/silent', () => {});
    const stop = new AbortController();
    const posted = test.fetcher.post(address, 'a', { headers: {}, signal: stop.signal });
    setTimeout(() => stop.abort(new Error('enough')), 50);
    await expect(posted).rejects.toThrow('enough');
  });
});
