import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Config, ConfigError, readConfig } from './config.js';
import { describeSettings } from './describe-settings.js';

describe('readConfig', () => {
  it('gives the defaults where nothing is set', () => {
    expect({ ...readConfig({}) }).toEqual({ ...new Config() });
  });

  it('treats an empty value as unset', () => {
    expect(readConfig({ DATA_DIR: '', THREADS: '' })).toEqual(new Config());
  });

  it('reads numbers', () => {
    expect(readConfig({ THREADS: '3' }).THREADS).toBe(3);
  });

  it('reads what the fetcher needs', () => {
    const given = { CONTACT: 'me@example.org', FETCH_ALLOW: '127.0.0.1:8080,[::1]:80', OFFLINE: 'true' };
    expect(readConfig(given)).toMatchObject({ ...given, OFFLINE: true });
    expect(readConfig({ OFFLINE: 'false' }).OFFLINE).toBe(false);
  });

  it('reads what the service needs', () => {
    const given = {
      PORT: '0',
      API_KEYS: `ann:${'a'.repeat(64)}:60:5,bob:${'b'.repeat(64)}`,
      CORS_ORIGINS: '*',
    };
    expect(readConfig(given)).toMatchObject({ ...given, PORT: 0 });
  });

  it('takes every photo source, by commas', () => {
    const names = 'starter,commons,open-images';
    expect(readConfig({ PHOTO_SOURCES: names }).PHOTO_SOURCES).toBe(names);
  });

  it('takes a wiki on this machine', () => {
    const address = 'http://127.0.0.1:8380/w/api.php';
    expect(readConfig({ COMMONS_URL: address }).COMMONS_URL).toBe(address);
  });

  it.each([
    ['THREADS', 'many'],
    ['THREADS', '0'],
    ['BLOB_URL', 'https://storage.example.org/bucket'],
    ['INFERENCE_ADDRESSES', 'localhost'],
    ['INFERENCE_ADDRESSES', 'http://localhost:50051'],
    ['INFERENCE_ADDRESSES', 'one:50051, two:50051'],
    ['PERCEPTOR', 'magic'],
    ['SEGMENTER', 'scissors'],
    ['CONTACT', 'me (at home)'],
    ['CONTACT', 'a\r\nX-Header: b'],
    ['FETCH_ALLOW', 'localhost'],
    ['FETCH_ALLOW', 'http://127.0.0.1:80'],
    ['FETCH_ALLOW', '*:80'],
    ['FETCH_ALLOW', '127.0.0.1:80,'],
    ['OFFLINE', 'yes'],
    ['PHOTO_SOURCES', 'starter,moon'],
    ['PHOTO_SOURCES', 'none,open-images'],
    ['WORKER_CONCURRENCY', '0'],
    ['OUTAGE_SECONDS', '1e3'],
    ['UPLOAD_LIMIT', '0'],
    ['DISK_BUDGET_GIBIBYTES', '-1'],
    ['COMMONS_URL', 'commons.wikimedia.org/w/api.php'],
    ['COMMONS_URL', 'file:///etc/passwd'],
    ['PORT', '-1'],
    ['PORT', '65536'],
    ['PORT', '1e3'],
    ['API_KEYS', 'ann'],
    ['API_KEYS', 'ann:secret'],
    ['API_KEYS', `ann:${'a'.repeat(64)}:many`],
    ['CORS_ORIGINS', 'example.org'],
    ['CORS_ORIGINS', 'https://example.org/page'],
    ['WEBHOOK_SECRET', 'short'],
  ])('refuses %s=%s and names the setting', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(ConfigError);
    expect(() => readConfig({ [name]: value })).toThrow(name);
  });

  it('agrees with .env.example in names, order and defaults', () => {
    const example = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');
    const settings = example.slice(0, example.indexOf('# Set-up:'));
    const lines = settings.split('\n').filter((line) => /^[A-Z_]+=/.test(line));
    expect(lines).toEqual(Object.entries(describeSettings()).map(([name, value]) => `${name}=${value}`));
  });

  it('reads every setting that it checks', () => {
    // THREADS has no default.
    const checked = new Set([...Object.keys(new Config()), 'THREADS']);
    expect([...checked].sort()).toEqual(Object.keys(describeSettings()).sort());
  });

  it('is not alone in .env.example: what set-up reads is there as well, and nothing that nobody reads', () => {
    const root = new URL('../../../', import.meta.url);
    const example = readFileSync(new URL('.env.example', root), 'utf8');
    const told = [...example.matchAll(/^([A-Z0-9_]+)=/gm)].map(([, name]) => name!);
    const sidecar = readFileSync(new URL('python-inference/inference/settings.py', root), 'utf8');
    const scripts = readdirSync(new URL('scripts/', root))
      .map((name) => readFileSync(new URL(`scripts/${name}`, root), 'utf8'))
      .join('\n');
    const isRead = (name: string) =>
      name in describeSettings() ||
      sidecar.includes(`    "${name}": `) ||
      new RegExp(`\\benv\\.${name}\\b`).test(scripts);
    expect(told.filter((name) => !isRead(name))).toEqual([]);
    expect(new Set(told).size).toBe(told.length);

    // Of npm, of compilers, of model hubs, of a build that has a page of its own (docs/groie.md).
    const others = ['INIT_CWD', 'PATH', 'OMP_WAIT_POLICY', 'CXX', 'HF_HOME', 'HF_ENDPOINT'];
    const ofGroie = ['MAX_JOBS', 'FORCE_CUDA', 'TORCH_CUDA_ARCH_LIST'];
    const read = new Set([...scripts.matchAll(/\benv\.([A-Z][A-Z0-9_]+)\b/g)].map(([, name]) => name!));
    expect([...read].filter((name) => ![...told, ...others, ...ofGroie].includes(name))).toEqual([]);
  });
});
