import type {
  EvaluateSceneResponse,
  Objective,
  OptimizeStart,
  PutCutoutsRequest,
  RenderSceneResponse,
  SceneEvaluation,
  SceneScore,
  ScoreScenesResponse,
} from '@collage/proto/collage/v1/composition_service.js';
import type { ModelIdentity } from '@collage/proto/collage/v1/model.js';
import type { Scene } from '@collage/proto/collage/v1/scene.js';
import { Metadata } from '@grpc/grpc-js';
import { Climb } from './climb.js';
import type { InferenceConnection } from './connection.js';
import { CutoutCache, type LoadCutout } from './cutout-cache.js';
import { InferenceError } from './inference-error.js';
import { mustBeOfModel } from './same-model.js';

/** How scenes are looked at when they are scored. */
export interface ScoreOptions {
  /** Views of each scene, 1 to 64: the whole canvas, then crops. */
  viewCount: number;
  /** Draws the crops. */
  seed: number;
}

/** Scenes that are scored in one call: few enough that progress is seen about every second, enough to fill a batch. */
export const scenesPerCall = 8;

/**
 * Scores, renders, climbs and judges scenes. Cut-outs a sidecar does not hold are put there by the way: the caller
 * only says where they come from.
 */
export class Composer {
  readonly #cutouts: CutoutCache;

  /**
   * @param loadCutout where cut-outs come from when the sidecar asks for them
   * @param perceptor whose scores are wanted; another's are a `MODEL_CHANGED` error. Absent: any, as they come
   */
  constructor(
    private readonly connection: InferenceConnection,
    loadCutout: LoadCutout,
    private readonly perceptor?: ModelIdentity,
  ) {
    this.#cutouts = new CutoutCache(connection, loadCutout);
  }

  /** Puts cut-outs into the sidecar's cache; saves the first call that names them the detour of being refused. */
  putCutouts(
    cutouts: AsyncIterable<PutCutoutsRequest> | Iterable<PutCutoutsRequest>,
    signal?: AbortSignal,
  ): Promise<void> {
    return this.#cutouts.put(cutouts, signal);
  }

  /** Scores in the order of the scenes; a few come at once, so that progress can be shown. */
  async *scoreScenes(
    objective: Objective,
    scenes: readonly Scene[],
    { viewCount, seed }: ScoreOptions,
    signal?: AbortSignal,
  ): AsyncGenerator<{ index: number; score: SceneScore }, void> {
    for (let start = 0; start < scenes.length; start += scenesPerCall) {
      const request = { objective, scenes: scenes.slice(start, start + scenesPerCall), viewCount, seed };
      const { scores, model } = await this.#cutouts.during(signal, () =>
        this.connection.unary<ScoreScenesResponse>(
          (options, done) => this.connection.composition.scoreScenes(request, new Metadata(), options, done),
          signal,
        ),
      );
      this.#mustBeOurs(model, 'scores');
      for (const [offset, score] of scores.entries()) yield { index: start + offset, score };
    }
  }

  /** The scene as the sidecar's differentiable compositor paints it: an 8-bit RGB PNG. */
  async renderScene(scene: Scene, heightPixels: number, signal?: AbortSignal): Promise<Buffer> {
    const request = { scene, heightPixels };
    const { png } = await this.#cutouts.during(signal, () =>
      this.connection.unary<RenderSceneResponse>(
        (options, done) => this.connection.composition.renderScene(request, new Metadata(), options, done),
        signal,
      ),
    );
    return png;
  }

  /**
   * Judges a finished scene, at least one layer, under the perceptor and under one that was not climbed against.
   * @param seed draws the random layouts it is compared with
   */
  async evaluateScene(
    objective: Objective,
    scene: Scene,
    seed: number,
    signal?: AbortSignal,
  ): Promise<SceneEvaluation> {
    const request = { objective, scene, seed };
    const { evaluation } = await this.#cutouts.during(signal, () =>
      this.connection.unary<EvaluateSceneResponse>(
        (options, done) => this.connection.composition.evaluateScene(request, new Metadata(), options, done),
        signal,
        // The scene is scored once more for each layer.
        1 + scene.layers.length / 10,
      ),
    );
    if (!evaluation) {
      throw new InferenceError(
        'ANSWERS_MISSING',
        'The sidecar judged a scene without a judgement.',
        'INTERNAL',
      );
    }
    this.#mustBeOurs(evaluation.perceptor, 'a judgement');
    return evaluation;
  }

  /** Climbs a scene: iterate over the result for its steps, then read its `result`. */
  optimizeScene(start: OptimizeStart, signal?: AbortSignal): Climb {
    return new Climb(
      this.connection,
      this.#cutouts,
      start,
      (model) => this.#mustBeOurs(model, 'a climb'),
      signal,
    );
  }

  #mustBeOurs(model: ModelIdentity | undefined, what: string): void {
    if (this.perceptor) mustBeOfModel(this.perceptor, model?.digest, what);
  }
}
