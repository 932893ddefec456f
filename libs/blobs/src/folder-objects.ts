import { readFile, readdir, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { BlobStoreError } from './blob-store-error.js';
import type { ListedObject, Objects } from './objects.js';
import { isMissing, writeWholeFile } from './write-whole-file.js';

/** A name of an object, with no part that could lead out of the folder. */
const KEY = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;

/** Objects as files of a folder, which is made when it is needed. Any number of processes may use it at once. */
export class FolderObjects implements Objects {
  constructor(private readonly folder: string) {}

  read(key: string): Promise<Buffer | undefined> {
    return this.#orNothing(() => readFile(this.#path(key)));
  }

  async write(key: string, bytes: Uint8Array, onlyNew = false): Promise<void> {
    if (onlyNew && (await this.size(key)) !== undefined) return;
    try {
      await writeWholeFile(this.#path(key), bytes);
    } catch (error) {
      throw this.#failure(error);
    }
  }

  size(key: string): Promise<number | undefined> {
    return this.#orNothing(async () => {
      const found = await stat(this.#path(key));
      return found.isFile() ? found.size : undefined;
    });
  }

  async remove(key: string): Promise<void> {
    await rm(this.#path(key), { force: true });
  }

  /** Without the temporary files of writes under way. */
  async *list(prefix: string): AsyncGenerator<ListedObject, void> {
    yield* this.#filesBelow(join(this.folder, prefix));
  }

  close(): void {}

  /** Folder by folder: a million files are never in memory together. */
  async *#filesBelow(folder: string): AsyncGenerator<ListedObject, void> {
    const entries = (await this.#orNothing(() => readdir(folder, { withFileTypes: true }))) ?? [];
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) yield* this.#filesBelow(path);
      if (!entry.isFile() || entry.name.endsWith('.tmp')) continue;
      const found = await this.#orNothing(() => stat(path));
      const key = relative(this.folder, path).split(sep).join('/');
      if (found) yield { key, sizeBytes: found.size, writtenAt: found.mtime };
    }
  }

  async #orNothing<Result>(ask: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw this.#failure(error);
    }
  }

  #failure(error: unknown): unknown {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      return new BlobStoreError(
        'BLOB_STORE_FULL',
        `No room is left for ${this.folder} (${code}); free some, or let DATA_DIR name a larger disk.`,
        { cause: error },
      );
    }
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
      return new BlobStoreError(
        'BLOB_STORE_REFUSED',
        `${this.folder} may not be used (${message}); give this user the right to write there, or set DATA_DIR.`,
        { cause: error },
      );
    }
    return error;
  }

  #path(key: string): string {
    if (!KEY.test(key))
      throw new RangeError(`Expected letters, digits, ".", "_", "-" and "/" for key but received "${key}"`);
    return join(this.folder, key);
  }
}
