import { sha256Hex } from '@collage/blobs/blob-store.js';
import type { Blobs } from '@collage/blobs/blobs.js';
import type { Database } from '@collage/database/database.js';

/**
 * The blob store as whoever makes a collage, or stores anything for one, sees it: what is used again is taken off the list of blobs that housekeeping is
 * about to delete, before it is looked for. Housekeeping deletes under a lock on the list's row: so a blob that is found
 * here stays for as long as it takes to be condemned anew, and by then the collage names it.
 */
export class ReprievingBlobs implements Blobs {
  constructor(
    private readonly blobs: Blobs,
    private readonly database: Database,
  ) {}

  async put(bytes: Uint8Array): Promise<string> {
    await this.reprieve(sha256Hex(bytes));
    return this.blobs.put(bytes);
  }

  get(digest: string): Promise<Buffer> {
    return this.blobs.get(digest);
  }

  async has(digest: string): Promise<boolean> {
    await this.reprieve(digest);
    return this.blobs.has(digest);
  }

  /** Takes a blob off the list; waits while it is being deleted. */
  private async reprieve(digest: string): Promise<void> {
    const { pool } = await this.database.connect();
    await pool.query('DELETE FROM condemned_blob WHERE digest = $1', [digest]);
  }
}
