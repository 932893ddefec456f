import { existsSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { watch } from 'chokidar';
import { MAX_FOLDER_DEPTH, openFolder } from './list-files.js';

/** A watch over a folder of photos. */
export interface FolderWatch {
  /** Ends it; no call comes after. */
  close(): Promise<void>;
}

export interface FolderWatchOptions {
  /** Told once things are quiet again: names within the folder, with "/", each once, in alphabetical order. */
  onChange: (names: string[]) => void;
  /** Told when watching fails, as when the system watches no more files, or the folder itself is gone. */
  onError: (error: Error) => void;
  /** Milliseconds without a change before `onChange`: a photo is copied in pieces. Default 500. */
  quietMilliseconds?: number;
  /** Milliseconds after which `onChange` is called even though changes go on. Default 10 times `quietMilliseconds`. */
  longestMilliseconds?: number;
}

/**
 * Watches a folder for photos and for what describes them (manifest, sidecars, license): any file that appears,
 * changes or goes away, hidden ones aside, links not followed, as deep as the folder is searched. Many changes make one
 * call, and whoever hears of it searches the folder again. For processes that live long, as the service will: the
 * command line reads a folder once a run and needs no watch.
 * @returns once every later change will be heard
 * @throws FolderError when the folder is missing or none
 */
export async function watchFolder(
  folder: string,
  {
    onChange,
    onError,
    quietMilliseconds = 500,
    longestMilliseconds = 10 * quietMilliseconds,
  }: FolderWatchOptions,
): Promise<FolderWatch> {
  const root = await openFolder(folder);
  const nameOf = (path: string): string => relative(root, path).split(sep).join('/').normalize('NFC');
  const changed = new Set<string>();
  let quiet: NodeJS.Timeout | undefined;
  let longest: NodeJS.Timeout | undefined;
  let isGone = false;

  function tell(): void {
    clearTimeout(quiet);
    clearTimeout(longest);
    longest = undefined;
    const names = [...changed].toSorted();
    changed.clear();
    // Its files are heard to go before it, and it itself not by every system.
    if (existsSync(root)) onChange(names);
    else gone();
  }
  function gone(): void {
    if (!isGone) onError(new Error(`The folder "${folder}" is gone.`));
    isGone = true;
  }
  function heard(path: string): void {
    changed.add(nameOf(path));
    clearTimeout(quiet);
    quiet = setTimeout(tell, quietMilliseconds);
    longest ??= setTimeout(tell, longestMilliseconds);
  }

  const watcher = watch(root, {
    ignoreInitial: true,
    followSymlinks: false,
    depth: MAX_FOLDER_DEPTH,
    ignored: (path) =>
      nameOf(path)
        .split('/')
        .some((name) => name.startsWith('.')),
  });
  watcher.on('all', (event, path) => {
    if (event === 'add' || event === 'change' || event === 'unlink') heard(path);
    else if (event === 'unlinkDir' && path === root) gone();
  });
  await new Promise<void>((resolve, reject) => {
    watcher.once('ready', resolve);
    watcher.once('error', reject);
  });
  watcher.removeAllListeners('error');
  watcher.on('error', (error) => onError(error instanceof Error ? error : new Error(String(error))));
  return {
    async close() {
      clearTimeout(quiet);
      clearTimeout(longest);
      changed.clear();
      await watcher.close();
    },
  };
}
