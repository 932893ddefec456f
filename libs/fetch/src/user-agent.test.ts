import { describe, expect, it } from 'vitest';
import { FaultServer } from './testing/fault-server.js';
import { content } from './testing/faults.js';
import { testFetcher } from './testing/test-fetcher.js';
import { userAgentOf } from './user-agent.js';

describe('userAgentOf', () => {
  it('names us, whom to write to, and what we are made with', () => {
    expect(userAgentOf('1.2.3', 'me@example.org')).toMatch(
      /^ClipAndPaste\/1\.2\.3 \(me@example\.org\) axios\/\d+\.\d+\.\d+$/,
    );
  });

  it('says so where no contact is set', () => {
    expect(userAgentOf('1.2.3', '')).toContain('no contact set');
  });

  it.each(['a\r\nX-Evil: 1', 'me (at home)', 'mé@example.org', 'x'.repeat(201)])('refuses %j', (contact) => {
    expect(() => userAgentOf('1', contact)).toThrow('for CONTACT but received');
  });

  it('is what a host sees', async () => {
    const server = await FaultServer.start();
    const userAgent = userAgentOf('1.2.3', 'https://example.org/about');
    const { fetcher, remove } = await testFetcher({ allow: [server.host], userAgent });
    try {
      await fetcher.text(server.on('/', content('{}')));
      expect(server.requests.map(({ headers }) => headers['user-agent'])).toEqual([userAgent]);
    } finally {
      await Promise.all([remove(), server.close()]);
    }
  });
});
