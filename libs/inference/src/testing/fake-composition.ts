import {
  type CompositionServiceServer,
  type Objective,
  type OptimizeSceneRequest,
  type OptimizeSceneResponse,
  type OptimizeStart,
  Parameter,
  type PutCutoutsRequest,
  StopReason,
} from '@collage/proto/collage/v1/composition_service.js';
import type { Scene } from '@collage/proto/collage/v1/scene.js';
import { sceneToSvg } from '@collage/scene/scene-to-svg.js';
import { SceneInvalidError } from '@collage/scene/scene-invalid-error.js';
import { validateScene } from '@collage/scene/validate-scene.js';
import { status as StatusCode } from '@grpc/grpc-js';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { FakeClimb } from './fake-climb.js';
import { checkText, fakePerceptor } from './fake-embedding.js';
import { FakeFailure, invalidArgument } from './fake-failure.js';
import { serveClientStream, serveStream, serveUnary } from './fake-handlers.js';
import { fakeScore } from './fake-score.js';

/** A cut-out the fake holds. */
interface HeldCutout {
  href: string;
  width: number;
  height: number;
}

/** CompositionService of the fake. */
export class FakeComposition {
  readonly #cutouts = new Map<string, HeldCutout>();

  /** @param stepMilliseconds how long each step of a climb takes at least */
  constructor(private readonly stepMilliseconds: number) {}

  /** Forgets all cut-outs, as a restarted sidecar has. */
  forgetCutouts(): void {
    this.#cutouts.clear();
  }

  handlers(): CompositionServiceServer {
    return {
      putCutouts: serveClientStream(async (requests) => {
        for await (const request of requests) await this.#put(request);
        return { storedCount: this.#cutouts.size };
      }),
      scoreScenes: serveUnary(async ({ objective, scenes, viewCount }) => {
        const checked = checkObjective(objective);
        checkRange('scenes', scenes.length, 1, 1000);
        checkRange('view_count', viewCount, 0, 64);
        for (const scene of scenes) this.#check(scene);
        return { scores: scenes.map((scene) => fakeScore(checked, scene)), model: fakePerceptor };
      }),
      renderScene: serveUnary(async ({ scene, heightPixels }) => {
        checkRange('height_pixels', heightPixels, 1, 4096);
        return { png: await this.#render(this.#check(scene), heightPixels) };
      }),
      optimizeScene: serveStream((requests) => this.#optimize(requests)),
    };
  }

  async #put({ cutoutDigest, picture }: PutCutoutsRequest): Promise<void> {
    const { format, width, height } = await sharp(picture)
      .metadata()
      .catch((error: Error) => {
        const message = `Expected PNG or WebP for picture but received something else (${error.message})`;
        throw invalidArgument(message, 'PICTURE_UNREADABLE');
      });
    const href = `data:image/${format};base64,${picture.toString('base64')}`;
    this.#cutouts.set(cutoutDigest, { href, width, height });
  }

  /** The scene itself, if it is valid and all its cut-outs are held. */
  #check(scene: Scene | undefined): Scene {
    try {
      if (!scene) throw invalidArgument('Expected a message for scene but received none', 'SCENE_INVALID');
      validateScene(scene);
    } catch (error) {
      if (error instanceof SceneInvalidError) throw invalidArgument(error.message, 'SCENE_INVALID');
      throw error;
    }
    const digests = new Set(scene.layers.map(({ cutoutDigest }) => cutoutDigest));
    const missing = [...digests].filter((digest) => !this.#cutouts.has(digest));
    if (missing.length > 0) {
      const message = `${missing.length} cut-outs are not held here; put them and call again`;
      throw new FakeFailure(StatusCode.NOT_FOUND, 'UNKNOWN_CUTOUT', message, { digests: missing.join(',') });
    }
    return scene;
  }

  async #render(scene: Scene, heightPixels: number): Promise<Buffer> {
    const svg = sceneToSvg(scene, heightPixels, (digest) => this.#cutouts.get(digest)!);
    const width = Math.round(heightPixels * scene.aspectRatio);
    return sharp(Buffer.from(svg), { unlimited: true })
      .resize(width, heightPixels, { fit: 'fill' })
      .removeAlpha()
      .png()
      .toBuffer();
  }

  async *#optimize(
    requests: AsyncIterable<OptimizeSceneRequest>,
  ): AsyncGenerator<OptimizeSceneResponse, void> {
    const incoming = requests[Symbol.asyncIterator]();
    const first = (await incoming.next()).value as OptimizeSceneRequest | undefined;
    if (first?.message?.$case !== 'start') {
      throw invalidArgument('Expected start for the first message but received another one');
    }
    const start = this.#checkStart(first.message.value);
    const climb = new FakeClimb(start);
    const { stepCount, timeBudgetSeconds, patienceSteps } = start.options!;
    const began = Date.now();
    let stopped = false;
    void (async () => {
      for (let next = await incoming.next(); !next.done; next = await incoming.next()) {
        const action = next.value.message?.$case === 'steer' ? next.value.message.value.action : undefined;
        if (action?.$case === 'stop') stopped = true;
        else if (action) climb.steer(action);
      }
    })().catch(() => {});

    let reason = StopReason.STEPS_DONE;
    while (climb.step < stepCount) {
      await (this.stepMilliseconds > 0 ? sleep(this.stepMilliseconds) : setImmediate());
      if (stopped) reason = StopReason.STEERED;
      else if (timeBudgetSeconds > 0 && Date.now() - began > timeBudgetSeconds * 1000)
        reason = StopReason.TIME_UP;
      else if (patienceSteps > 0 && climb.stalledStepCount >= patienceSteps) reason = StopReason.STALLED;
      if (reason !== StopReason.STEPS_DONE) break;
      yield { message: { $case: 'progress', value: climb.climb() } };
    }
    yield { message: { $case: 'result', value: climb.result(reason) } };
  }

  #checkStart(start: OptimizeStart): OptimizeStart {
    checkObjective(start.objective);
    checkRange('options.step_count', start.options?.stepCount ?? 0, 1, 10_000);
    checkRange('options.view_count', start.options?.viewCount ?? 0, 0, 64);
    if (start.parameters.length === 0) {
      throw invalidArgument('Expected at least one of parameters but received none');
    }
    for (const parameter of start.parameters) {
      if (parameter !== Parameter.UNSPECIFIED && parameter !== Parameter.UNRECOGNIZED) continue;
      throw invalidArgument(`Expected a Parameter for parameters but received ${parameter}`);
    }
    this.#check(start.checkpoint?.scene ?? start.scene);
    return start;
  }
}

function checkObjective(objective: Objective | undefined): Objective {
  if (!objective) throw invalidArgument('Expected a message for objective but received none');
  checkText(objective.prompt, 'objective.prompt');
  for (const field of ['keyphrases', 'negatives'] as const) {
    objective[field].forEach(({ text, weight }, index) => {
      checkText(text, `objective.${field}[${index}].text`);
      if (weight > 0 && Number.isFinite(weight)) return;
      throw invalidArgument(
        `Expected a number above 0 for objective.${field}[${index}].weight but received ${weight}`,
      );
    });
  }
  return objective;
}

function checkRange(field: string, value: number, low: number, high: number): void {
  if (value >= low && value <= high) return;
  throw invalidArgument(`Expected ${low} to ${high} for ${field} but received ${value}`);
}
