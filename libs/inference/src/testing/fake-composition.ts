import {
  type CompositionServiceServer,
  type OptimizeSceneRequest,
  type OptimizeSceneResponse,
  type PutCutoutsRequest,
  StopReason,
} from '@collage/proto/collage/v1/composition_service.js';
import type { Scene } from '@collage/proto/collage/v1/scene.js';
import type { Places } from '@collage/places/places.js';
import { sceneToSvg } from '@collage/scene/scene-to-svg.js';
import { status as StatusCode } from '@grpc/grpc-js';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { FakeClimb } from './fake-climb.js';
import { fakeEvaluation } from './fake-evaluation.js';
import { FakeFailure, pictureUnreadable, requestInvalid } from './fake-failure.js';
import { serveClientStream, serveStream, serveUnary } from './fake-handlers.js';
import type { FakeModels } from './fake-model.js';
import { checkObjective, checkOptimizeStart, checkRange, checkScene } from './fake-requests.js';
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

  /**
   * @param stepMilliseconds how long each step of a climb takes at least
   * @param places for steps that are taken at the same time
   */
  constructor(
    private readonly stepMilliseconds: number,
    private readonly models: FakeModels,
    private readonly places: Places,
  ) {}

  /** Forgets all cut-outs, as a restarted sidecar has. */
  forgetCutouts(): void {
    this.#cutouts.clear();
  }

  handlers(): CompositionServiceServer {
    return {
      putCutouts: serveClientStream(async (requests) => {
        let storedCount = 0;
        for await (const request of requests) {
          await this.#put(request);
          storedCount += 1;
        }
        return { storedCount };
      }),
      scoreScenes: serveUnary(async ({ objective, scenes, viewCount }) => {
        const checked = checkObjective(objective);
        checkRange('scenes', scenes.length, 1, 1000);
        checkRange('view_count', viewCount, 0, 64);
        this.#mustHold(...scenes.map(checkScene));
        const model = this.models.perceptor;
        const { name: modelName, digest: modelDigest } = model;
        const scores = scenes.map((scene) => ({ ...fakeScore(checked, scene), modelName, modelDigest }));
        return { scores, model };
      }),
      renderScene: serveUnary(async ({ scene, heightPixels }) => {
        const checked = checkScene(scene);
        checkRange('height_pixels', heightPixels, 1, 4096);
        this.#mustHold(checked);
        return { png: await this.#render(checked, heightPixels) };
      }),
      evaluateScene: serveUnary(async ({ objective, scene, seed }) => {
        const checked = checkScene(scene);
        const wanted = checkObjective(objective);
        checkRange('scene.layers', checked.layers.length, 1, 300);
        this.#mustHold(checked);
        const evaluation = fakeEvaluation(wanted, checked, seed, (digest) => this.#cutouts.get(digest)!);
        return { evaluation: { ...evaluation, perceptor: this.models.perceptor } };
      }),
      optimizeScene: serveStream((requests) => this.#optimize(requests)),
    };
  }

  async #put({ cutoutDigest, picture }: PutCutoutsRequest): Promise<void> {
    const { format, width, height } = await sharp(picture)
      .metadata()
      .catch((error: Error) => {
        throw pictureUnreadable(error);
      });
    const href = `data:image/${format};base64,${picture.toString('base64')}`;
    this.#cutouts.set(cutoutDigest, { href, width, height });
  }

  #mustHold(...scenes: Scene[]): void {
    const digests = new Set(scenes.flatMap(({ layers }) => layers.map(({ cutoutDigest }) => cutoutDigest)));
    const missing = [...digests].filter((digest) => !this.#cutouts.has(digest));
    if (missing.length === 0) return;
    const message = `${missing.length} cut-outs are not held here; put them and call again`;
    throw new FakeFailure(StatusCode.NOT_FOUND, 'UNKNOWN_CUTOUT', message, { digests: missing.join(',') });
  }

  async #render(scene: Scene, heightPixels: number): Promise<Buffer> {
    const svg = sceneToSvg(scene, heightPixels, (digest) => this.#cutouts.get(digest)!);
    return sharp(Buffer.from(svg), { unlimited: true }).removeAlpha().png().toBuffer();
  }

  /** What a step costs. */
  async #takeTime(): Promise<void> {
    if (this.stepMilliseconds === 0) return setImmediate();
    const leave = await this.places.take();
    await sleep(this.stepMilliseconds);
    leave();
  }

  async *#optimize(
    requests: AsyncIterable<OptimizeSceneRequest>,
  ): AsyncGenerator<OptimizeSceneResponse, void> {
    const incoming = requests[Symbol.asyncIterator]();
    const first = (await incoming.next()).value as OptimizeSceneRequest | undefined;
    if (first?.message?.$case !== 'start') throw requestInvalid('message', 'start', 'another one');
    const start = first.message.value;
    const scene = checkScene(start.scene);
    checkOptimizeStart(start);
    this.#mustHold(scene);
    if (start.checkpoint) this.#mustHold(checkScene(start.checkpoint.scene));
    const climb = new FakeClimb(start, (digest) => this.#cutouts.has(digest));
    let failure: FakeFailure | undefined;
    // The stream of requests breaks when the client hangs up, of which the climb hears by its own stream.
    takeSteers(incoming, climb).catch((error: unknown) => {
      if (error instanceof FakeFailure) failure = error;
    });

    const { stepCount, timeBudgetSeconds, patienceSteps } = start.options!;
    const began = Date.now();
    for (;;) {
      await this.#takeTime();
      if (failure) throw failure;
      const turn = climb.follow();
      const seconds = (Date.now() - began) / 1000;
      let reason: StopReason | undefined;
      if (turn.stopped) reason = StopReason.STEERED;
      else if (climb.step >= stepCount) reason = StopReason.STEPS_DONE;
      else if (timeBudgetSeconds > 0 && seconds >= timeBudgetSeconds) reason = StopReason.TIME_UP;
      else if (patienceSteps > 0 && climb.stalledStepCount >= patienceSteps) reason = StopReason.STALLED;
      if (reason !== undefined) {
        const value = { ...climb.result(reason, turn), model: this.models.perceptor };
        yield { message: { $case: 'result', value } };
        return;
      }
      yield { message: { $case: 'progress', value: climb.climb(turn) } };
    }
  }
}

/** Hands steers on to the end of the stream. */
async function takeSteers(requests: AsyncIterator<OptimizeSceneRequest>, climb: FakeClimb): Promise<void> {
  for (let next = await requests.next(); !next.done; next = await requests.next()) {
    const { message } = next.value;
    if (message?.$case !== 'steer') throw requestInvalid('message', 'steer', message?.$case ?? 'nothing');
    if (!message.value.action) throw requestInvalid('steer.action', 'an action', 'nothing');
    climb.steer(message.value);
  }
}
