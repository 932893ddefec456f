import { type ChannelCredentials, credentials } from '@grpc/grpc-js';
import { readFileSync } from 'node:fs';

/** What a connection with TLS needs, PEM each. */
export interface Tls {
  /** The authorities that the sidecars' certificates must be signed by. */
  authorities: Buffer;
  /** Our own certificate and its key, for sidecars that ask who calls (mutual TLS). */
  identity?: { certificate: Buffer; key: Buffer };
}

/** Paths of the files; empty: none. */
export interface TlsFiles {
  INFERENCE_TLS_CA: string;
  INFERENCE_TLS_CERT: string;
  INFERENCE_TLS_KEY: string;
}

/** Settings of TLS that cannot be used. */
export class TlsInvalid extends Error {
  override readonly name = 'TlsInvalid';
  readonly reason = 'TLS_INVALID';
}

/**
 * Reads the files that the settings name; undefined where none are set.
 * @throws TlsInvalid naming the setting
 */
export function readTls(files: TlsFiles): Tls | undefined {
  const { INFERENCE_TLS_CA: ca, INFERENCE_TLS_CERT: certificate, INFERENCE_TLS_KEY: key } = files;
  if (!ca && !certificate && !key) return undefined;
  if (!ca)
    throw new TlsInvalid(
      'Expected a file for INFERENCE_TLS_CA, as INFERENCE_TLS_CERT or INFERENCE_TLS_KEY is set',
    );
  if (Boolean(certificate) !== Boolean(key)) {
    const missing = certificate ? 'INFERENCE_TLS_KEY' : 'INFERENCE_TLS_CERT';
    throw new TlsInvalid(`Expected a file for ${missing}: a certificate and its key belong together`);
  }
  const read = (name: keyof TlsFiles) => pem(name, files[name]);
  return {
    authorities: read('INFERENCE_TLS_CA'),
    identity: certificate
      ? { certificate: read('INFERENCE_TLS_CERT'), key: read('INFERENCE_TLS_KEY') }
      : undefined,
  };
}

/** Credentials of a channel. */
export function credentialsOf(tls: Tls | undefined): ChannelCredentials {
  if (!tls) return credentials.createInsecure();
  return credentials.createSsl(tls.authorities, tls.identity?.key ?? null, tls.identity?.certificate ?? null);
}

function pem(name: string, path: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new TlsInvalid(
      `Expected a file that can be read for ${name} but received "${path}" (${(error as Error).message})`,
    );
  }
  if (!bytes.includes('-----BEGIN ')) {
    throw new TlsInvalid(`Expected a PEM file for ${name} but "${path}" is none`);
  }
  return bytes;
}
