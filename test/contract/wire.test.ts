import { CollageEvent, Collage } from '@collage/proto/collage/v1/collage.js';
import {
  OptimizeSceneRequest,
  OptimizeSceneResponse,
} from '@collage/proto/collage/v1/composition_service.js';
import { EncodePhotosResponse } from '@collage/proto/collage/v1/embedding_service.js';
import { Scene } from '@collage/proto/collage/v1/scene.js';
import { SegmentPhotosResponse } from '@collage/proto/collage/v1/segmentation_service.js';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { python, sidecarMissing } from './real-sidecar.js';

const here = fileURLToPath(new URL('.', import.meta.url));

/** What ts-proto generates for a message, as far as it is used here. */
interface Codec {
  fromJSON(json: unknown): unknown;
  toJSON(message: unknown): unknown;
  encode(message: unknown): { finish(): Uint8Array };
  decode(bytes: Uint8Array): unknown;
}

const codecs = {
  Collage,
  CollageEvent,
  EncodePhotosResponse,
  OptimizeSceneRequest,
  OptimizeSceneResponse,
  Scene,
  SegmentPhotosResponse,
} as unknown as Record<string, Codec>;

/** A message as somebody stored it. */
interface StoredMessage {
  name: string;
  type: string;
  json: string;
}

/** `messages/<type>.<what it shows>.json`, and the conformance scenes. */
function storedMessages(): StoredMessage[] {
  const scenes = join(here, '..', 'scenes');
  const messages = join(here, 'messages');
  const jsonIn = (folder: string) => readdirSync(folder).filter((file) => file.endsWith('.json'));
  return [
    ...jsonIn(scenes).map((file) => ({
      name: file,
      type: 'Scene',
      json: readFileSync(join(scenes, file), 'utf8'),
    })),
    ...jsonIn(messages).map((file) => ({
      name: file,
      type: file.split('.')[0]!,
      json: readFileSync(join(messages, file), 'utf8'),
    })),
  ];
}

/** Binary of each message as Python encodes it, in hex. */
function encodedByPython(messages: StoredMessage[]): string[] {
  const input = messages.map(({ type, json }) => ({ type: `collage.v1.${type}`, json }));
  const output = execFileSync(python, [join(here, 'wire.py')], {
    input: JSON.stringify(input),
    env: { PYTHONPATH: join(here, '..', '..', 'python-inference', 'gen') },
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(output) as string[];
}

// Left out: map entries of value zero, which ts-proto writes without the value and Python with it, and
// negative zero, which ts-proto takes for zero. Both languages read either alike.
const messages = storedMessages();

describe.skipIf(sidecarMissing)('both languages (skipped where there is no .venv)', () => {
  let fromFile: string[];
  let fromTypeScript: string[];

  beforeAll(() => {
    fromFile = encodedByPython(messages);
    fromTypeScript = encodedByPython(
      messages.map(({ name, type, json }) => {
        const codec = codecs[type]!;
        return { name, type, json: JSON.stringify(codec.toJSON(codec.fromJSON(JSON.parse(json)))) };
      }),
    );
  });

  it('have something to read of every kind', () => {
    expect([...new Set(messages.map(({ type }) => type))].sort()).toEqual(Object.keys(codecs).sort());
  });

  it.each(messages.map(({ name, type, json }, index) => ({ name, type, json, index })))(
    'read $name alike',
    ({ type, json, index }) => {
      const codec = codecs[type]!;
      const message = codec.fromJSON(JSON.parse(json));
      const bytes = codec.encode(message).finish();
      expect(Buffer.from(bytes).toString('hex')).toBe(fromFile[index]);
      expect(Buffer.from(codec.encode(codec.decode(bytes)).finish()).equals(bytes)).toBe(true);
    },
  );

  it.each(messages.map(({ name }, index) => ({ name, index })))(
    'read $name alike after TypeScript has written it',
    ({ index }) => expect(fromTypeScript[index]).toBe(fromFile[index]),
  );
});
