import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Made by `scripts/install-test-tools.mjs`, which `npm test` runs. */
const python = fileURLToPath(new URL('../../../../.venv-tools/bin/python', import.meta.url));

/** Whether moto's server is installed; where it is not, tests that need it are skipped. */
export const hasMoto = existsSync(python);

/** moto takes any; the SDK wants some. */
export const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };

/** A running S3 store. */
export interface Moto {
  /** host:port on loopback. */
  endpoint: string;
  /** Ends it; what it held is gone. */
  stop(): Promise<void>;
}

/** Starts moto's S3 server on loopback with one empty bucket; it holds all in memory. */
export async function startMoto(bucket: string, port?: number): Promise<Moto> {
  Object.assign(process.env, credentials);
  const served = port ?? (await freePort());
  const child = spawn(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(served)], {
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  const endpoint = `http://127.0.0.1:${served}`;
  await listening(served, exited);
  const client = new S3Client({ region: 'us-east-1', endpoint, forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  return {
    endpoint,
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function listening(port: number, exited: Promise<unknown>): Promise<void> {
  let gone = false;
  void exited.then(() => (gone = true));
  for (let tried = 0; tried < 600 && !gone; tried++) {
    const socket = connect(port, '127.0.0.1');
    const is = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (is) return;
    await sleep(100);
  }
  throw new Error(gone ? 'moto ended as it started' : 'moto did not listen within 60 s');
}
