import { InferenceConnection } from '@collage/inference/connection.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeClimbing } from './describe-climbing.js';
import { describeComposition } from './describe-composition.js';
import { describeEvaluation } from './describe-evaluation.js';
import { describeEmbedding } from './describe-embedding.js';
import { describeMoves } from './describe-moves.js';
import { describeReplaying } from './describe-replaying.js';
import { describeSegmentation } from './describe-segmentation.js';
import { describeSteering } from './describe-steering.js';

/** A running inference server. */
export interface RunningServer {
  address: string;
  stop(): unknown;
}

/** What every inference server promises; run on the fake and on the real sidecar alike. */
export function describeInference(name: string, start: () => Promise<RunningServer>): void {
  describe(name, () => {
    let server: RunningServer;
    let connection: InferenceConnection;

    beforeAll(async () => {
      server = await start();
      connection = new InferenceConnection(server.address);
    });

    afterAll(async () => {
      connection?.close();
      await server?.stop();
    });

    describe('health', () => {
      it('says that it serves, as a whole and service by service', async () => {
        await connection.waitUntilReady(5000);
        for (const service of ['Embedding', 'Segmentation', 'Composition']) {
          expect(await connection.health(`collage.v1.${service}Service`)).toBe('SERVING');
        }
      });
    });

    describeEmbedding(() => connection);
    describeSegmentation(() => connection);
    describeComposition(() => connection);
    describeClimbing(() => connection);
    describeEvaluation(() => connection);
    describeMoves(() => connection);
    describeSteering(() => connection);
    describeReplaying(() => connection);
  });
}
