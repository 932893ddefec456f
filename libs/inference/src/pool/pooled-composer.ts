import type {
  Objective,
  OptimizeStart,
  PutCutoutsRequest,
  SceneEvaluation,
  SceneScore,
} from '@collage/proto/collage/v1/composition_service.js';
import type { ModelIdentity } from '@collage/proto/collage/v1/model.js';
import type { Scene } from '@collage/proto/collage/v1/scene.js';
import type { ScoreOptions } from '../composer.js';
import type { LoadCutout } from '../cutout-cache.js';
import type { Inference, SceneComposer } from '../inference.js';
import { PooledClimb } from './pooled-climb.js';
import type { SidecarOfJob } from './sidecar-of-job.js';

/**
 * A `Composer` over several sidecars. Cut-outs are in the sidecar that the job stays with; another one that takes over
 * asks for them, and gets them from `loadCutout`.
 */
export class PooledComposer implements SceneComposer {
  /** @param now seconds, for what is left of a climb's time budget */
  constructor(
    private readonly sidecar: SidecarOfJob,
    private readonly loadCutout: LoadCutout,
    private readonly perceptor: ModelIdentity | undefined,
    private readonly now: () => number,
  ) {}

  /** If the sidecar is lost meanwhile, the next call puts what is missing. */
  async putCutouts(
    cutouts: AsyncIterable<PutCutoutsRequest> | Iterable<PutCutoutsRequest>,
    signal?: AbortSignal,
  ): Promise<void> {
    let hasBegun = false;
    await this.sidecar.call(async (inference, either) => {
      // They can be read but once.
      if (!hasBegun) {
        hasBegun = true;
        await this.#on(inference).putCutouts(cutouts, either);
      }
    }, signal);
  }

  async *scoreScenes(
    objective: Objective,
    scenes: readonly Scene[],
    options: ScoreOptions,
    signal?: AbortSignal,
  ): AsyncGenerator<{ index: number; score: SceneScore }, void> {
    let done = 0;
    const scores = this.sidecar.stream((inference, either) => {
      return this.#on(inference).scoreScenes(objective, scenes.slice(done), options, either);
    }, signal);
    for await (const { score } of scores) yield { index: done++, score };
  }

  renderScene(scene: Scene, heightPixels: number, signal?: AbortSignal): Promise<Buffer> {
    return this.sidecar.call(
      (inference, either) => this.#on(inference).renderScene(scene, heightPixels, either),
      signal,
    );
  }

  evaluateScene(
    objective: Objective,
    scene: Scene,
    seed: number,
    signal?: AbortSignal,
  ): Promise<SceneEvaluation> {
    return this.sidecar.call(
      (inference, either) => this.#on(inference).evaluateScene(objective, scene, seed, either),
      signal,
    );
  }

  optimizeScene(start: OptimizeStart, signal?: AbortSignal): PooledClimb {
    return new PooledClimb(this.sidecar, (inference) => this.#on(inference), start, this.now, signal);
  }

  #on(inference: Inference): SceneComposer {
    return inference.newComposer(this.loadCutout, this.perceptor);
  }
}
