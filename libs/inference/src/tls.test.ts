import { ServerCredentials } from '@grpc/grpc-js';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { InferenceConnection } from './connection.js';
import { Embedder } from './embedder.js';
import { startFakeInferenceServer } from './testing/fake-inference-server.js';
import { makeCertificates } from './testing/make-certificates.js';
import { readTls, TlsInvalid } from './tls.js';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!hasOpenssl)('mutual TLS (skipped where there is no openssl)', () => {
  const closing: Array<() => void> = [];
  let folder: string;
  const file = (name: string) => join(folder, name);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tls-'));
    makeCertificates(folder, ['ours', 'theirs']);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(() => closing.splice(0).forEach((close) => close()));

  async function start() {
    const pair = {
      private_key: readFileSync(file('ours-server.key')),
      cert_chain: readFileSync(file('ours-server.crt')),
    };
    const credentials = ServerCredentials.createSsl(readFileSync(file('ours.crt')), [pair], true);
    const server = await startFakeInferenceServer({ credentials });
    closing.push(() => server.stop());
    return server.address;
  }

  function described(address: string, ca: string, identity: string) {
    const tls = readTls({
      INFERENCE_TLS_CA: ca && file(`${ca}.crt`),
      INFERENCE_TLS_CERT: identity && file(`${identity}-client.crt`),
      INFERENCE_TLS_KEY: identity && file(`${identity}-client.key`),
    });
    const connection = new InferenceConnection(address, { tls });
    closing.push(() => connection.close());
    return new Embedder(connection).describe();
  }

  it('lets in who is signed by its authority', async () => {
    expect((await described(await start(), 'ours', 'ours')).model?.name).toBe('fake-perceptor');
  });

  it.each([
    ['a client without a certificate', 'ours', ''],
    ['a client whom another authority signed', 'ours', 'theirs'],
    ['a server that our authority did not sign', 'theirs', 'ours'],
    ['a client without TLS', '', ''],
  ])('refuses %s', async (_, ca, identity) => {
    await expect(described(await start(), ca, identity)).rejects.toMatchObject({
      reason: 'SIDECAR_UNREACHABLE',
    });
  });

  it('names the setting that is wrong', () => {
    const none = { INFERENCE_TLS_CA: '', INFERENCE_TLS_CERT: '', INFERENCE_TLS_KEY: '' };
    const ca = file('ours.crt');
    writeFileSync(file('no.pem'), 'nothing');
    expect(readTls(none)).toBeUndefined();
    expect(readTls({ ...none, INFERENCE_TLS_CA: ca })?.identity).toBeUndefined();
    const wrong = [
      [{ INFERENCE_TLS_CERT: ca }, /for INFERENCE_TLS_CA/],
      [{ INFERENCE_TLS_CA: ca, INFERENCE_TLS_CERT: ca }, /for INFERENCE_TLS_KEY/],
      [{ INFERENCE_TLS_CA: ca, INFERENCE_TLS_KEY: ca }, /for INFERENCE_TLS_CERT/],
      [{ INFERENCE_TLS_CA: '/none' }, /can be read for INFERENCE_TLS_CA but received "\/none"/],
      [{ INFERENCE_TLS_CA: file('no.pem') }, /a PEM file for INFERENCE_TLS_CA/],
    ] as const;
    for (const [given, message] of wrong) {
      expect(() => readTls({ ...none, ...given })).toThrow(TlsInvalid);
      expect(() => readTls({ ...none, ...given })).toThrow(message);
    }
  });
});
