/**
 * A client of the sidecar in TypeScript, without the rest of this repository's libraries but the generated code:
 *
 *   npm run sidecar                                          # in another terminal; listens on 127.0.0.1:50051
 *   npm run example:grpc -- 127.0.0.1:50051 photo.jpg "a red apple"
 *
 * Says how much the photo looks like the text, cuts the things out of it, and has a collage of them scored, climbed
 * for ten steps and drawn into `collage.png`. One call of each kind: one answer, a stream each way, both.
 */
import { credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  CompositionServiceClient,
  type EvaluateSceneResponse,
  OptimizeOptions,
  type OptimizeResult,
  type OptimizeSceneResponse,
  OptimizeStart,
  Parameter,
  type PutCutoutsResponse,
  type RenderSceneResponse,
  type ScoreScenesResponse,
} from '../libs/proto/src/collage/v1/composition_service.js';
import {
  type DescribeModelResponse,
  EmbeddingServiceClient,
  type EncodePhotosResponse,
  type EncodeTextsResponse,
} from '../libs/proto/src/collage/v1/embedding_service.js';
import { Scene } from '../libs/proto/src/collage/v1/scene.js';
import {
  type CutoutPicture,
  SegmentationServiceClient,
  type SegmentPhotosResponse,
} from '../libs/proto/src/collage/v1/segmentation_service.js';

/** Every call has a deadline: a server that hangs must not hang us. */
const deadline = () => ({ deadline: Date.now() + 120_000 });
const limits = {
  'grpc.max_receive_message_length': 64 * 2 ** 20,
  'grpc.max_send_message_length': 64 * 2 ** 20,
};

/** Makes a call with one answer. */
function ask<Answer>(
  call: (done: (error: ServiceError | null, answer?: Answer) => void) => unknown,
): Promise<Answer> {
  return new Promise((resolve, reject) =>
    call((error, answer) => (error ? reject(error) : resolve(answer!))),
  );
}

/** What the example does; `say` gets its lines, the picture is what it draws. */
export async function tryTheSidecar(
  address: string,
  photo: Buffer,
  prompt: string,
  say: (line: string) => void,
): Promise<Buffer> {
  const insecure = credentials.createInsecure();
  const embedding = new EmbeddingServiceClient(address, insecure, limits);
  const segmentation = new SegmentationServiceClient(address, insecure, limits);
  const composition = new CompositionServiceClient(address, insecure, limits);
  const digest = createHash('sha256').update(photo).digest('hex');
  try {
    // One request, one answer.
    const { model } = await ask<DescribeModelResponse>((done) =>
      embedding.describeModel({}, new Metadata(), deadline(), done),
    );
    say(`perceptor: ${model?.name}`);
    const texts = await ask<EncodeTextsResponse>((done) =>
      embedding.encodeTexts({ texts: [prompt] }, new Metadata(), deadline(), done),
    );

    // A stream each way: photos as they come, an answer for each, errors one by one.
    const encoding = embedding.encodePhotos(new Metadata(), deadline());
    encoding.end({ digest, picture: photo });
    for await (const { outcome } of encoding as AsyncIterable<EncodePhotosResponse>) {
      if (outcome?.$case === 'error') throw new Error(outcome.value.message);
      const [text] = texts.embeddings;
      const cosine = outcome!.value.values.reduce(
        (sum, value, index) => sum + value * text!.values[index]!,
        0,
      );
      say(`the photo and "${prompt}": cosine ${cosine.toFixed(3)}`);
    }

    const cutting = segmentation.segmentPhotos(new Metadata(), deadline());
    cutting.end({ digest, picture: photo });
    const cutouts: CutoutPicture[] = [];
    for await (const { outcome } of cutting as AsyncIterable<SegmentPhotosResponse>) {
      if (outcome?.$case === 'error') throw new Error(outcome.value.message);
      cutouts.push(...outcome!.value.cutouts);
    }
    say(`${cutouts.length} cut-outs`);

    // A stream of requests, one answer: cut-outs are put once and named by their digests from then on.
    const { storedCount } = await ask<PutCutoutsResponse>((done) => {
      const putting = composition.putCutouts(new Metadata(), deadline(), done);
      for (const { cutout, png } of cutouts) {
        putting.write({ cutoutDigest: cutout!.digest, picture: png, borders: cutout!.borders });
      }
      putting.end();
    });
    say(`${storedCount} cut-outs held`);
    const objective = { prompt, keyphrases: [], negatives: [] };
    const scene = Scene.fromPartial({
      aspectRatio: 1,
      background: { angleDegrees: 90, stops: [{ offset: 0, color: { red: 0.9, green: 0.9, blue: 0.8 } }] },
      layers: cutouts.map(({ cutout }, index) => ({
        cutoutDigest: cutout!.digest,
        placement: {
          centerX: (index + 1) / (cutouts.length + 1),
          centerY: 0.6,
          height: 0.5,
          rotationDegrees: 0,
        },
        opacity: 1,
      })),
    });
    const request = { objective, scenes: [scene], viewCount: 1, seed: 1 };
    const { scores } = await ask<ScoreScenesResponse>((done) =>
      composition.scoreScenes(request, new Metadata(), deadline(), done),
    );
    say(`score before the climb: ${scores[0]!.score.toFixed(3)}`);

    // A start, then progress step by step, and the result at the end. It could be steered meanwhile.
    const climbing = composition.optimizeScene(new Metadata(), deadline());
    const options = OptimizeOptions.fromPartial({ stepCount: 10, seed: 1 });
    const start = OptimizeStart.fromPartial({
      objective,
      scene,
      parameters: [Parameter.POSITION, Parameter.ROTATION, Parameter.HEIGHT],
      options,
    });
    climbing.write({ message: { $case: 'start', value: start } });
    let result: OptimizeResult | undefined;
    for await (const { message } of climbing as AsyncIterable<OptimizeSceneResponse>) {
      if (message?.$case === 'progress') say(`step ${message.value.step} of ${message.value.stepCount}`);
      else if (message) result = message.value;
    }
    say(`score after ${result!.stepCount} steps: ${result!.score.toFixed(3)}`);

    const judged = { objective, scene: result!.scene, seed: 1 };
    const { evaluation } = await ask<EvaluateSceneResponse>((done) =>
      composition.evaluateScene(judged, new Metadata(), deadline(), done),
    );
    say(`lift over random layouts: ${evaluation!.lift.toFixed(2)}`);
    const drawing = { scene: result!.scene, heightPixels: 512 };
    const { png } = await ask<RenderSceneResponse>((done) =>
      composition.renderScene(drawing, new Metadata(), deadline(), done),
    );
    return png;
  } finally {
    for (const client of [embedding, segmentation, composition]) client.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [address, photo, prompt] = process.argv.slice(2);
  if (!address || !photo || !prompt) {
    console.error('usage: npm run example:grpc -- HOST:PORT PHOTO "TEXT"');
    process.exit(2);
  }
  // npm changes into the clone's folder; files are meant from where the person stands.
  const here = process.env.INIT_CWD ?? process.cwd();
  const png = await tryTheSidecar(address, await readFile(resolve(here, photo)), prompt, console.log);
  await writeFile(resolve(here, 'collage.png'), png);
  console.log('collage.png');
}
