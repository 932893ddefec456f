import { describe, expect, it } from 'vitest';
import { allowedHosts, hostAndPort, webAddress } from './web-address.js';

describe('webAddress', () => {
  it.each([
    ['https://commons.example/a b?q=ü#part', 'https://commons.example/a%20b?q=%C3%BC'],
    ['http://0x7f.1:80/', 'http://127.0.0.1/'],
  ])('reads %s as %s', (written, normal) => {
    expect(webAddress(written).href).toBe(normal);
  });

  it.each([
    '',
    'photo.jpg',
    '//host/path',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'http://',
    'https:///',
  ])('refuses %j', (written) => {
    expect(() => webAddress(written)).toThrow(expect.objectContaining({ reason: 'ADDRESS_INVALID' }));
  });

  it('refuses credentials and does not repeat them', () => {
    expect(() => webAddress('https://me:secret@host/')).toThrow(
      /^https:\/\/host\/ was given with a user name/,
    );
  });
});

describe('allowedHosts', () => {
  it('normalizes as addresses are, ports always given', () => {
    const hosts = allowedHosts(['127.0.0.1:8080', 'Wiki.Test:80', '[::1]:443', '2130706433:9']);
    expect([...hosts]).toEqual(['127.0.0.1:8080', 'wiki.test:80', '[::1]:443', '127.0.0.1:9']);
    expect(hosts).toContain(hostAndPort(new URL('http://wiki.test/')));
    expect(hosts).toContain(hostAndPort(new URL('https://[::1]/')));
  });

  it.each(['', '127.0.0.1', 'http://wiki.test:80', '*:80', 'host:0', 'host:99999', 'a:1/path', 'me@host:1'])(
    'refuses %j and names the setting',
    (entry) => {
      expect(() => allowedHosts([entry])).toThrow('for FETCH_ALLOW but received');
    },
  );
});
