import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SidecarStartError, startSidecar } from './sidecar-process.js';

describe('startSidecar', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sidecar-'));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  /** A program in place of Python, to see how we take what a sidecar may do. */
  function programThat(name: string, script: string): string {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  function start(
    python: string,
    options: { startTimeoutMilliseconds?: number; onLog?: (line: string) => void } = {},
  ) {
    return startSidecar({ python, folder, env: { PATH: '/usr/bin:/bin', COLOR: 'blue' }, ...options });
  }

  it('waits for the address and ends the process when asked', async () => {
    const log: string[] = [];
    const serve = programThat(
      'serve',
      'echo "$COLOR $PYTHONPATH $*"; echo "listening on 127.0.0.1:4711"; cat',
    );
    const sidecar = await start(serve, { onLog: (line) => log.push(line) });
    expect(sidecar.address).toBe('127.0.0.1:4711');
    expect(log[0]).toBe('blue .:gen -m inference --host 127.0.0.1 --stdin-lifeline --port 0');
    expect(await sidecar.stop()).toMatchObject({ signal: 'SIGTERM', description: 'signal SIGTERM' });
    expect(() => process.kill(sidecar.processId, 0)).toThrow('ESRCH');
  });

  it('tells the last lines of one that ends before it serves', async () => {
    const fail = programThat('fail', 'echo "loading" >&2; echo "PERCEPTOR: no such model" >&2; exit 2');
    const failed = start(fail);
    await expect(failed).rejects.toBeInstanceOf(SidecarStartError);
    await expect(failed).rejects.toMatchObject({ lastLines: ['loading', 'PERCEPTOR: no such model'] });
    await expect(failed).rejects.toThrow(/exit code 2.*\n.*loading\n.*PERCEPTOR: no such model/);
  });

  it('says so when the interpreter is not there', async () => {
    await expect(start(join(folder, 'nothing'))).rejects.toThrow(/cannot be run: .*ENOENT/);
  });

  it('ends one that does not serve in time', async () => {
    const idle = programThat('idle', 'echo $$ >&2; exec sleep 60');
    const failed = start(idle, { startTimeoutMilliseconds: 200 });
    await expect(failed).rejects.toThrow('did not serve within 0.2 s');
    const { lastLines } = (await failed.catch((error: unknown) => error)) as SidecarStartError;
    expect(() => process.kill(Number(lastLines[0]), 0)).toThrow('ESRCH');
  });

  it('stops waiting when the signal aborts, leaving nothing behind', async () => {
    const idle = programThat('idle', 'exec sleep 60');
    const options = { python: idle, folder, env: { PATH: '/usr/bin:/bin' } };
    await expect(startSidecar(options, AbortSignal.timeout(100))).rejects.toThrow('aborted due to timeout');
  });

  it('tells how one died later', async () => {
    const serve = programThat('serve', 'echo "working" >&2; echo "listening on 127.0.0.1:4711"; exec cat');
    const sidecar = await start(serve);
    process.kill(sidecar.processId, 'SIGKILL');
    expect(await sidecar.exited).toEqual({
      code: null,
      signal: 'SIGKILL',
      lastLines: ['working'],
      description: 'signal SIGKILL',
    });
  });
});
