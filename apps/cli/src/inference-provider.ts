import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { join } from 'node:path';
import { Config } from '@collage/config/config.js';
import { InferenceConnection } from '@collage/inference/connection.js';
import type { Inference } from '@collage/inference/inference.js';
import { oneSidecar } from '@collage/inference/one-sidecar.js';
import { SidecarPool } from '@collage/inference/pool/sidecar-pool.js';
import { startSidecar, type Sidecar } from '@collage/inference/sidecar-process.js';
import { readTls } from '@collage/inference/tls.js';
import { Surroundings } from './surroundings.js';

/** How long a sidecar named by its address may take to answer that it serves. */
const READY_MILLISECONDS = 10_000;

/** The sidecar: running ones where INFERENCE_ADDRESSES names some, else a child process started when first asked for. */
@Injectable()
export class InferenceProvider implements OnApplicationShutdown {
  private inference?: Promise<Inference>;
  private sidecar?: Sidecar;
  private opened?: InferenceConnection | SidecarPool;
  private readonly shutdown = new AbortController();

  constructor(
    @Inject(Config) private readonly config: Config,
    @Inject(Surroundings) private readonly surroundings: Surroundings,
  ) {}

  /** Connects; every later call gives the same. */
  connect(): Promise<Inference> {
    this.inference ??= this.open();
    return this.inference;
  }

  private async open(): Promise<Inference> {
    const addresses = this.config.INFERENCE_ADDRESSES.split(',').filter(Boolean);
    if (addresses.length > 0) return this.join(addresses);
    const address = await this.start();
    const connection = new InferenceConnection(address, { sidecar: this.sidecar });
    this.opened = connection;
    await connection.waitUntilReady(READY_MILLISECONDS, this.shutdown.signal);
    return oneSidecar(connection);
  }

  private async join(addresses: string[]): Promise<Inference> {
    const pool = new SidecarPool(addresses, {
      connection: { tls: readTls(this.config) },
      onNews: (text) => process.stderr.write(`${text}\n`),
    });
    this.opened = pool;
    await pool.waitUntilReady(READY_MILLISECONDS, this.shutdown.signal);
    return pool.newJob();
  }

  private async start(): Promise<string> {
    const { PERCEPTOR, SEGMENTER, THREADS } = this.config;
    const sidecar = await startSidecar(
      {
        python: join(this.surroundings.root, '.venv', 'bin', 'python'),
        folder: join(this.surroundings.root, 'python-inference'),
        env: {
          // Threads that spin while they wait cost several times their work on a busy machine.
          OMP_WAIT_POLICY: 'PASSIVE',
          ...this.surroundings.environment,
          // It listens on loopback, and is called without.
          TLS_CERT: undefined,
          TLS_KEY: undefined,
          TLS_CA: undefined,
          PERCEPTOR,
          SEGMENTER,
          THREADS: THREADS === undefined ? undefined : String(THREADS),
        },
      },
      this.shutdown.signal,
    );
    this.sidecar = sidecar;
    return sidecar.address;
  }

  async onApplicationShutdown(): Promise<void> {
    // It may be starting still.
    this.shutdown.abort();
    this.opened?.close();
    await this.sidecar?.stop();
  }
}
