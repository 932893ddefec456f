import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '@collage/config/config.js';
import { SidecarPool } from '@collage/inference/pool/sidecar-pool.js';
import { readTls } from '@collage/inference/tls.js';
import type { ModelIdentity } from '@collage/proto/collage/v1/model.js';
import { ProblemError } from './problem.js';

const PATIENCE_MILLISECONDS = 5_000;

/** Asks a sidecar which models it runs. */
@Injectable()
export class ModelsInUse implements OnApplicationShutdown {
  private pool?: SidecarPool;

  constructor(@Inject(Config) private readonly config: Config) {}

  /** @throws ProblemError or InferenceError where no sidecar answers */
  async describe(): Promise<{ perceptor: ModelIdentity; segmenter: ModelIdentity }> {
    const addresses = this.config.INFERENCE_ADDRESSES.split(',').filter(Boolean);
    if (addresses.length === 0) throw unknown('INFERENCE_ADDRESSES names none to the API');
    this.pool ??= new SidecarPool(addresses, { connection: { tls: readTls(this.config) } });
    const { embedder, segmenter: cutter, end } = this.pool.newJob();
    const signal = AbortSignal.timeout(PATIENCE_MILLISECONDS);
    const [{ model: perceptor }, { model: segmenter }] = await Promise.all([
      embedder.describe(signal),
      cutter.describe(signal),
    ])
      .catch((error: unknown) => {
        if (signal.aborted) throw unknown(`it did not answer within ${PATIENCE_MILLISECONDS / 1000} s`);
        throw error;
      })
      .finally(end);
    if (!perceptor || !segmenter) throw unknown('its answer names none');
    return { perceptor, segmenter };
  }

  onApplicationShutdown(): void {
    this.pool?.close();
  }
}

function unknown(why: string): ProblemError {
  return new ProblemError({
    status: 503,
    reason: 'INFERENCE_UNAVAILABLE',
    detail: `Which models a sidecar runs is not known: ${why}.`,
    retryAfterSeconds: 5,
  });
}
