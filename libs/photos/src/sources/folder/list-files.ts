import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { skipped, type SkippedPhoto } from '../../photo-source.js';
import { FolderError } from './folder-error.js';

/** Folders within folders; deeper ones are skipped and counted. */
const MAX_FOLDER_DEPTH = 16;

/** The files below a folder. */
export interface FolderFiles {
  /**
   * Path within the folder, with "/" and in Unicode NFC whatever the file system keeps ("é" is one letter in
   * a manifest and two on a Mac's disk), to the path to open; in alphabetical order.
   */
  files: Map<string, string>;
  skipped: SkippedPhoto[];
}

/**
 * Lists the files below a folder: hidden ones aside, links followed only to files that lie inside it.
 * Throws {@link FolderError} when there is no such folder.
 */
export async function listFiles(folder: string, signal?: AbortSignal): Promise<FolderFiles> {
  const root = await openFolder(folder);
  const files = new Map<string, string>();
  const left: SkippedPhoto[] = [];

  async function visit(path: string, name: string, depth: number): Promise<void> {
    signal?.throwIfAborted();
    let entries: Dirent[];
    try {
      entries = await readdir(path, { withFileTypes: true });
    } catch (error) {
      if (depth === 0) {
        throw new FolderError('FOLDER_UNREADABLE', folder, String(error));
      }
      left.push(skipped('FOLDER_UNREADABLE', name, `the folder can't be read: ${String(error)}`));
      return;
    }
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith('.')) {
        continue;
      }
      const entryPath = join(path, entry.name);
      const entryName = (name ? `${name}/${entry.name}` : entry.name).normalize('NFC');
      if (entry.isDirectory()) {
        if (depth < MAX_FOLDER_DEPTH) {
          await visit(entryPath, entryName, depth + 1);
        } else {
          left.push(
            skipped('FOLDER_TOO_DEEP', entryName, `it is more than ${MAX_FOLDER_DEPTH} folders down`),
          );
        }
      } else if (entry.isFile()) {
        files.set(entryName, entryPath);
      } else if (entry.isSymbolicLink()) {
        const problem = await linkProblem(entryPath, root);
        if (problem) {
          left.push(skipped('LINK_NOT_FOLLOWED', entryName, problem));
        } else {
          files.set(entryName, entryPath);
        }
      }
    }
  }

  await visit(root, '', 0);
  return { files, skipped: left };
}

/** The real path of a folder. @throws FolderError when it is missing or none */
async function openFolder(folder: string): Promise<string> {
  try {
    const root = await realpath(folder);
    if ((await stat(root)).isDirectory()) {
      return root;
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    throw code === 'ENOENT'
      ? new FolderError('FOLDER_MISSING', folder, 'there is nothing of that name')
      : new FolderError('FOLDER_UNREADABLE', folder, String(error));
  }
  throw new FolderError('NOT_A_FOLDER', folder, 'that is a file');
}

async function linkProblem(path: string, root: string): Promise<string | undefined> {
  try {
    const target = await realpath(path);
    if (!target.startsWith(root + sep)) {
      return 'the link leads out of the folder';
    }
    return (await stat(target)).isFile() ? undefined : 'the link leads to a folder';
  } catch {
    return 'the link leads nowhere';
  }
}
