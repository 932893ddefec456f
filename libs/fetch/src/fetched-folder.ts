import { FolderObjects } from '@collage/blobs/folder-objects.js';

/** As `JsonCache` names its files. */
const KEPT_BY_FETCHERS = /\/[0-9a-f]{64}$/;

/** An answer that is kept, as a list shows it. */
export interface ListedAnswer {
  /** Its file, below the folder. */
  key: string;
  sizeBytes: number;
  /** When it came or was last used (`JsonCache`). */
  storedAt: Date;
}

/** What fetchers keep in their `cacheFolder`, for housekeeping: any of it may be deleted at any time. */
export class FetchedFolder {
  readonly #files: FolderObjects;

  constructor(cacheFolder: string) {
    this.#files = new FolderObjects(cacheFolder);
  }

  /** All answers, in no order. */
  async *list(): AsyncGenerator<ListedAnswer, void> {
    for await (const { key, sizeBytes, writtenAt } of this.#files.list('')) {
      // Not what a file manager or a file system put beside them.
      if (KEPT_BY_FETCHERS.test(key)) yield { key, sizeBytes, storedAt: writtenAt };
    }
  }

  /** Forgets an answer that was listed; that it is gone is no error. */
  async delete({ key }: ListedAnswer): Promise<void> {
    await this.#files.remove(key);
  }
}
