import { readFile, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Hex } from '@collage/blobs/blob-store.js';
import { isMissing, writeWholeFile } from '@collage/blobs/write-whole-file.js';

/**
 * What is known of addresses, one JSON file each, named by the SHA-256 of the address. A cache: any of it may
 * be deleted at any time, and an entry that was damaged counts as missing. A file's time is that of its last use.
 */
export class JsonCache<T extends object> {
  constructor(private readonly folder: string) {}

  async get(address: string): Promise<T | undefined> {
    const path = this.#path(address);
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    const [checksum, json = ''] = splitOnce(text);
    if (sha256Hex(Buffer.from(json)) !== checksum) {
      await rm(path, { force: true });
      return undefined;
    }
    const now = new Date();
    // Another may have deleted it since, or the disk may be read-only: what was read is good all the same.
    await utimes(path, now, now).catch(() => {});
    return (JSON.parse(json) as { value: T }).value;
  }

  /** Keeps a value, replacing what was there. */
  async put(address: string, value: T): Promise<void> {
    const json = JSON.stringify({ address, value });
    await writeWholeFile(this.#path(address), Buffer.from(`${sha256Hex(Buffer.from(json))}\n${json}`));
  }

  #path(address: string): string {
    const name = sha256Hex(Buffer.from(address));
    return join(this.folder, name.slice(0, 2), name);
  }
}

function splitOnce(text: string): [string, string?] {
  const end = text.indexOf('\n');
  return end < 0 ? [text] : [text.slice(0, end), text.slice(end + 1)];
}
