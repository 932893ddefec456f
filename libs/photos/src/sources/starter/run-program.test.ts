import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolders } from '../../testing/temporary-folder.js';
import { runProgram } from './run-program.js';

const folders = temporaryFolders();
const node = process.execPath;

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Starts a child of its own, writes both ids to a file and sleeps, whatever it is told. */
const STUBBORN = `
  process.on('SIGTERM', () => {});
  const child = require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
  require('node:fs').writeFileSync('ids', process.pid + ' ' + child.pid);
  setTimeout(() => {}, 60000);
`;

async function idsIn(folder: string): Promise<number[]> {
  for (;;) {
    const ids = await readFile(join(folder, 'ids'), 'utf8').catch(() => '');
    if (ids !== '') {
      return ids.split(' ').map(Number);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('runProgram', () => {
  it('runs a program to its end, where it is told', async () => {
    const cwd = await folders.make();
    await runProgram(node, ['-e', 'fs.writeFileSync("here", "x")'], { timeoutMs: 10_000, cwd });
    expect(await readFile(join(cwd, 'here'), 'utf8')).toBe('x');
  });

  it('says what a program that failed printed last', async () => {
    const run = runProgram(node, ['-e', 'console.error("first\\nno such package"); process.exit(3)'], {
      timeoutMs: 10_000,
    });
    await expect(run).rejects.toThrow(`${node}: ended with 3: first no such package`);
  });

  it('says that a program is not installed', async () => {
    await expect(runProgram('no-such-program', [], { timeoutMs: 1000 })).rejects.toMatchObject({
      message: 'no-such-program: is not installed',
      notInstalled: true,
    });
  });

  it('ends a program that takes too long, and what it started', async () => {
    const cwd = await folders.make();
    const run = runProgram(node, ['-e', STUBBORN], { timeoutMs: 800, cwd });
    await expect(run).rejects.toThrow('did not end within 0.8 s');
    expect((await idsIn(cwd)).map(isRunning)).toEqual([false, false]);
  });

  it('ends a program, and what it started, when the signal aborts', async () => {
    const cwd = await folders.make();
    const stop = new AbortController();
    const run = runProgram(node, ['-e', STUBBORN], { timeoutMs: 60_000, cwd }, stop.signal);
    const ids = await idsIn(cwd);
    expect(ids.map(isRunning)).toEqual([true, true]);
    stop.abort(new Error('enough'));
    await expect(run).rejects.toThrow('enough');
    expect(ids.map(isRunning)).toEqual([false, false]);
  });

  it('starts nothing when the signal has aborted already', async () => {
    const aborted = AbortSignal.abort(new Error('enough'));
    await expect(runProgram('no-such-program', [], { timeoutMs: 1000 }, aborted)).rejects.toThrow('enough');
  });
});
