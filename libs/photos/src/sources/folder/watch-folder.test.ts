import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolders } from '../../testing/temporary-folder.js';
import { watchFolder, type FolderWatch, type FolderWatchOptions } from './watch-folder.js';

const folders = temporaryFolders();
const watches: FolderWatch[] = [];
afterEach(async () => {
  for (const watch of watches.splice(0)) await watch.close();
});

/** A watch that keeps all it is told. */
async function watched(folder: string, options: Partial<FolderWatchOptions> = {}) {
  const calls: string[][] = [];
  const errors: Error[] = [];
  const watch = await watchFolder(folder, {
    onChange: (names) => calls.push(names),
    onError: (error) => errors.push(error),
    quietMilliseconds: 300,
    ...options,
  });
  watches.push(watch);
  const told = (...names: string[]) =>
    vi.waitFor(() => expect(new Set(calls.flat())).toEqual(new Set(names)), {
      timeout: 20_000,
      interval: 50,
    });
  return { calls, errors, told, watch };
}

describe('watchFolder', () => {
  it('hears of photos and of what describes them: new, changed, renamed and gone, however deep', async () => {
    const folder = await folders.make({ 'a.jpg': '1', 'sub/deep/b.jpg': '1' });
    const { calls, told } = await watched(folder);
    await writeFile(join(folder, 'license.json'), '{}');
    await told('license.json');
    calls.length = 0;
    await writeFile(join(folder, 'sub/deep/b.jpg'), 'longer');
    await told('sub/deep/b.jpg');
    calls.length = 0;
    await rename(join(folder, 'a.jpg'), join(folder, 'c.jpg'));
    await told('a.jpg', 'c.jpg');
    calls.length = 0;
    await rm(join(folder, 'c.jpg'));
    await told('c.jpg');
    calls.length = 0;
    await mkdir(join(folder, 'new'));
    await writeFile(join(folder, 'new', 'd.jpg'), '1');
    await told('new/d.jpg');
  });

  it('makes one call of many changes, each name once, in order', async () => {
    const folder = await folders.make({ 'a.jpg': '1' });
    const { calls, told } = await watched(folder, { quietMilliseconds: 1500, longestMilliseconds: 60_000 });
    for (const name of ['c.jpg', 'b.jpg', 'a.jpg', 'b.jpg'])
      await writeFile(join(folder, name), `${name} again`);
    await told('a.jpg', 'b.jpg', 'c.jpg');
    expect(calls).toEqual([['a.jpg', 'b.jpg', 'c.jpg']]);
  });

  it('does not wait for a quiet that never comes', async () => {
    const folder = await folders.make({ 'a.jpg': '1' });
    const { calls } = await watched(folder, { quietMilliseconds: 60_000, longestMilliseconds: 500 });
    await writeFile(join(folder, 'b.jpg'), '1');
    await vi.waitFor(() => expect(calls).toEqual([['b.jpg']]), { timeout: 20_000 });
  });

  it('hears of nothing that was there before, is hidden, or lies behind a link', async () => {
    const outside = await folders.make({ 'secret.jpg': '1' });
    const folder = await folders.make({ 'a.jpg': '1', '.cache/b.jpg': '1' });
    await symlink(outside, join(folder, 'outside'));
    const { calls } = await watched(folder);
    await writeFile(join(folder, '.hidden.jpg'), '1');
    await writeFile(join(folder, '.cache', 'c.jpg'), '1');
    await writeFile(join(outside, 'secret.jpg'), 'changed');
    await writeFile(join(folder, 'last.jpg'), '1');
    await vi.waitFor(() => expect(calls.flat()).toContain('last.jpg'), { timeout: 20_000 });
    // The link itself may be named; what lies behind it is not.
    expect(calls.flat().filter((name) => name !== 'outside')).toEqual(['last.jpg']);
  });

  it('is silent once closed, even about what it had heard', async () => {
    const folder = await folders.make({ 'a.jpg': '1' });
    const { calls, watch } = await watched(folder, { quietMilliseconds: 400 });
    await writeFile(join(folder, 'b.jpg'), '1');
    await new Promise((resolve) => setTimeout(resolve, 200));
    await watch.close();
    await writeFile(join(folder, 'c.jpg'), '1');
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(calls).toEqual([]);
  });

  it('says when the folder is gone, and refuses one that is not there', async () => {
    const folder = await folders.make({ 'photos/a.jpg': '1' });
    const { errors } = await watched(join(folder, 'photos'));
    await rm(join(folder, 'photos'), { recursive: true });
    await vi.waitFor(() => expect(errors.map(String)).toEqual([expect.stringContaining('is gone')]), {
      timeout: 20_000,
    });
    const options = { onChange: () => undefined, onError: () => undefined };
    await expect(watchFolder(join(folder, 'photos'), options)).rejects.toMatchObject({
      reason: 'FOLDER_MISSING',
    });
  });
});
