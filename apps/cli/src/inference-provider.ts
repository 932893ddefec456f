import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { join } from 'node:path';
import { Config } from '@collage/config/config.js';
import { Composer } from '@collage/inference/composer.js';
import { InferenceConnection } from '@collage/inference/connection.js';
import { Embedder } from '@collage/inference/embedder.js';
import { Segmenter } from '@collage/inference/segmenter.js';
import { startSidecar, type Sidecar } from '@collage/inference/sidecar-process.js';
import type { Inference } from '@collage/pipeline/collage-tools.js';
import { Surroundings } from './surroundings.js';

/** How long a sidecar named by its address may take to answer that it serves. */
const READY_MILLISECONDS = 10_000;

/** The sidecar: a running one where INFERENCE_ADDRESSES names it, else a child process started when first asked for. */
@Injectable()
export class InferenceProvider implements OnApplicationShutdown {
  private inference?: Promise<Inference>;
  private sidecar?: Sidecar;
  private connection?: InferenceConnection;
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
    const address = this.config.INFERENCE_ADDRESSES || (await this.start());
    const connection = new InferenceConnection(address, { sidecar: this.sidecar });
    this.connection = connection;
    await connection.waitUntilReady(READY_MILLISECONDS, this.shutdown.signal);
    return {
      embedder: new Embedder(connection),
      segmenter: new Segmenter(connection),
      newComposer: (loadCutout, perceptor) => new Composer(connection, loadCutout, perceptor),
    };
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
    this.connection?.close();
    await this.sidecar?.stop();
  }
}
