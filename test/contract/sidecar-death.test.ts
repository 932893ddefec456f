import { Composer } from '@collage/inference/composer.js';
import { InferenceConnection } from '@collage/inference/connection.js';
import { OptimizeOptions, Parameter } from '@collage/proto/collage/v1/composition_service.js';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { python, sidecarMissing, startRealSidecar } from './real-sidecar.js';
import { CutoutShelf, objective, sceneOf, threeDiscs } from './scenes.js';

describe.skipIf(sidecarMissing)('the sidecar (skipped where there is no .venv)', () => {
  it('fails the climb under way with how it died', async () => {
    const sidecar = await startRealSidecar();
    const connection = new InferenceConnection(sidecar.address, { sidecar });
    const discs = await threeDiscs();
    const climbing = new Composer(connection, new CutoutShelf(discs).load).optimizeScene({
      objective,
      scene: sceneOf(discs),
      parameters: [Parameter.POSITION],
      options: OptimizeOptions.fromPartial({ stepCount: 10_000, viewCount: 1 }),
      checkpoint: undefined,
      backgroundAnchor: undefined,
      steers: [],
    });
    const killedMidway = (async () => {
      for await (const { step } of climbing) if (step === 2) process.kill(sidecar.processId, 'SIGKILL');
    })();
    await expect(killedMidway).rejects.toMatchObject({
      reason: 'SIDECAR_UNREACHABLE',
      message: expect.stringContaining('The sidecar died (signal SIGKILL)'),
    });
    connection.close();
  }, 60_000);

  it('ends by itself when the process that started it is gone, even before it serves', async () => {
    const folder = fileURLToPath(new URL('../../python-inference', import.meta.url));
    const child = spawn(python, ['-m', 'inference', '--port', '0', '--stdin-lifeline'], {
      cwd: folder,
      env: { PATH: '/usr/bin:/bin' },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    // What the kernel does when we are killed.
    child.stdin.end();
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
  });
});
