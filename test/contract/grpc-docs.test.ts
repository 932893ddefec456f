import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { CompositionServiceService } from '@collage/proto/collage/v1/composition_service.js';
import { EmbeddingServiceService } from '@collage/proto/collage/v1/embedding_service.js';
import { SegmentationServiceService } from '@collage/proto/collage/v1/segmentation_service.js';
import { startFakeInferenceServer } from '@collage/inference/testing/fake-inference-server.js';
import { tryTheSidecar } from '../../examples/grpc-client.js';

const root = new URL('../../', import.meta.url);
const docs = readFileSync(new URL('docs/grpc.md', root), 'utf8');

/** `Service/Method` of every RPC that the proto files declare. */
const rpcs = readdirSync(fileURLToPath(new URL('proto/collage/v1', root))).flatMap((file) => {
  const proto = readFileSync(new URL(`proto/collage/v1/${file}`, root), 'utf8');
  const service = /^service (\w+)/m.exec(proto)?.[1];
  return [...proto.matchAll(/^ {2}rpc (\w+)/gm)].map(([, method]) => `${service}/${method}`);
});

/** Every grpcurl line with a body: the method, and the messages as the shell hands them on. */
const calls = [
  ...docs.matchAll(/^grpcurl [^']*?(?:-d '([^]*?)' )?127\.0\.0\.1:50051 (\S+)(?: <<< '(.*)')?$/gm),
].map(([, given, method, input]) => ({
  method: method!,
  body: (given ?? input ?? '')
    .replaceAll(/'\$(DIGEST|CUTOUT)'/g, 'a'.repeat(64))
    .replaceAll(/'\$(PHOTO|PNG)'/g, Buffer.from('bytes').toString('base64')),
}));

const services = {
  CompositionService: CompositionServiceService,
  EmbeddingService: EmbeddingServiceService,
  SegmentationService: SegmentationServiceService,
} as const;

/** A message with only the fields, by name, that the type knows. */
function definitionOf(rpc: string) {
  const [service, method] = rpc.split('/') as [keyof typeof services, string];
  const methods = services[service] as unknown as Record<
    string,
    { path: string; requestDeserialize(bytes: Buffer): object; requestSerialize(value: unknown): Buffer }
  >;
  return Object.values(methods).find(({ path }) => path.endsWith(`/${method}`))!;
}

describe('docs/grpc.md', () => {
  it('has a line for every RPC', () => {
    expect(rpcs.length).toBe(10);
    const told = calls.map(({ method }) => method.replace('collage.v1.', ''));
    expect(told).toEqual(expect.arrayContaining(rpcs));
  });

  it.each(rpcs)('shows messages of %s that are what it takes', async (rpc) => {
    const { body } = calls.find(({ method }) => method === `collage.v1.${rpc}`)!;
    const messages = body.split('\n').map((line) => JSON.parse(line) as object);
    expect(messages.length).toBeGreaterThan(0);
    const type = await requestType(rpc);
    for (const message of messages) {
      const parsed = type.fromJSON(message);
      const again = type.toJSON(type.decode(definitionOf(rpc).requestSerialize(parsed)));
      // A field that is misspelt would be lost on the way.
      expect(again).toMatchObject(message);
    }
  });
});

/** The generated type of the requests of an RPC. */
async function requestType(rpc: string) {
  const [service, method] = rpc.split('/') as [string, string];
  const file = service.replace('Service', '_service').toLowerCase();
  const module = (await import(`../../libs/proto/src/collage/v1/${file}.ts`)) as Record<string, unknown>;
  return module[`${method}Request`] as {
    fromJSON(json: unknown): unknown;
    toJSON(message: unknown): unknown;
    decode(bytes: Buffer): unknown;
  };
}

describe('examples/grpc-client.ts', () => {
  it('runs against a sidecar and draws a collage', async () => {
    const server = await startFakeInferenceServer();
    try {
      const create = { width: 90, height: 60, channels: 3 as const, background: '#b02020' };
      const photo = await sharp({ create }).jpeg().toBuffer();
      const lines: string[] = [];
      const png = await tryTheSidecar(server.address, photo, 'a red apple', (line) => lines.push(line));
      expect(await sharp(png).metadata()).toMatchObject({ format: 'png', width: 512, height: 512 });
      expect(lines).toContain('1 cut-outs held');
      expect(lines.filter((line) => line.startsWith('step '))).toHaveLength(10);
    } finally {
      server.stop();
    }
  });
});
