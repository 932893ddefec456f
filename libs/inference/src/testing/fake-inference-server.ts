import { CompositionServiceService } from '@collage/proto/collage/v1/composition_service.js';
import { EmbeddingServiceService } from '@collage/proto/collage/v1/embedding_service.js';
import { SegmentationServiceService } from '@collage/proto/collage/v1/segmentation_service.js';
import { Places } from '@collage/places/places.js';
import { Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';
import { promisify } from 'node:util';
import { messageLimitBytes } from '../connection.js';
import {
  decodeHealthRequest,
  decodeHealthResponse,
  encodeHealthRequest,
  encodeHealthResponse,
  healthCheckPath,
  type ServingStatus,
} from '../health-check.js';
import { FakeComposition } from './fake-composition.js';
import { FakeEncodeQueue } from './fake-encode-queue.js';
import { fakeEmbeddingService } from './fake-embedding.js';
import { serveUnary } from './fake-handlers.js';
import { FakeModels } from './fake-model.js';
import { fakeSegmentationService } from './fake-segmentation.js';

/** A fake sidecar that runs. */
export interface FakeInferenceServer {
  /** host:port it serves. */
  address: string;
  /** Forgets all cut-outs, as a restarted sidecar has. */
  forgetCutouts(): void;
  /** What it says it works with: exchanged in the middle of a run, it is as if another sidecar answered. */
  models: FakeModels;
  /** How often each RPC was called, by its name in TypeScript (`encodePhotos`, …); health checks are not counted. */
  calls: ReadonlyMap<string, number>;
  /** Who may come to have photos encoded. */
  encodeQueue: FakeEncodeQueue;
  /** Takes nothing new and finishes what it has, as the real one does after SIGTERM. */
  drain(): void;
  /** Ends it at once, with all calls under way. */
  stop(): void;
}

/**
 * A sidecar without models, in this process, on a free port unless one is named: fast, deterministic, and held to the same
 * contract (`test/contract/`) as the real one. It sees colors and nothing else, cuts the middle out of every
 * photo, and wants each cut-out at a place of its own: see `fake-vectors.ts`, `fake-segmentation.ts` and
 * `fake-score.ts`.
 *
 * @param options `stepMilliseconds`: how long a step of a climb takes; `stepsAtOnce`: of how many climbs steps are taken
 *   at the same time, one in the real one, which has one thread for all of them
 */
export async function startFakeInferenceServer({
  stepMilliseconds = 0,
  stepsAtOnce = Infinity,
  credentials = ServerCredentials.createInsecure(),
  port = 0,
} = {}): Promise<FakeInferenceServer> {
  const server = new Server({
    'grpc.max_receive_message_length': messageLimitBytes,
    'grpc.max_send_message_length': messageLimitBytes,
  });
  const models = new FakeModels();
  const encodeQueue = new FakeEncodeQueue();
  const composition = new FakeComposition(stepMilliseconds, models, new Places(stepsAtOnce));
  const calls = new Map<string, number>();
  server.addService(EmbeddingServiceService, counted(fakeEmbeddingService(models, encodeQueue), calls));
  server.addService(SegmentationServiceService, counted(fakeSegmentationService(models), calls));
  server.addService(CompositionServiceService, counted(composition.handlers(), calls));
  server.addService(healthService, { check: serveUnary(async (): Promise<ServingStatus> => 'SERVING') });
  const bind = promisify(server.bindAsync.bind(server));
  const bound = await bind(`127.0.0.1:${port}`, credentials);
  return {
    address: `127.0.0.1:${bound}`,
    forgetCutouts: () => composition.forgetCutouts(),
    models,
    calls,
    encodeQueue,
    drain: () => server.tryShutdown(() => {}),
    stop: () => server.forceShutdown(),
  };
}

/** The same handlers, each of which counts its calls. */
function counted<Handlers extends object>(handlers: Handlers, calls: Map<string, number>): Handlers {
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handle]: [string, (...args: unknown[]) => unknown]) => [
      name,
      (...args: unknown[]) => {
        calls.set(name, (calls.get(name) ?? 0) + 1);
        return handle(...args);
      },
    ]),
  ) as Handlers;
}

const healthService = {
  check: {
    path: healthCheckPath,
    requestStream: false,
    responseStream: false,
    requestSerialize: encodeHealthRequest,
    requestDeserialize: decodeHealthRequest,
    responseSerialize: encodeHealthResponse,
    responseDeserialize: decodeHealthResponse,
  },
} satisfies ServiceDefinition;
