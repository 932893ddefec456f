import { BlobStore } from './blob-store.js';
import { readBlobUrl } from './blob-url.js';
import { DerivedStore } from './derived-store.js';
import { FolderObjects } from './folder-objects.js';
import type { Objects } from './objects.js';
import { S3Objects } from './s3-objects.js';

/** Where bytes are kept. */
export interface Stores {
  /** Photos, cut-outs and pictures by digest. */
  blobs: BlobStore;
  /** What models computed. */
  derived: DerivedStore;
  /** Whether the place can be used at all, told before work begins. @throws BlobStoreError */
  check(): Promise<void>;
  close(): void;
}

/**
 * The stores that a program works with. Blobs lie under `blobs/`, derived results under `derived/`, in both places
 * alike.
 *
 * @param blobUrl `s3://bucket/prefix?endpoint=…&region=…`; empty: the folder
 * @throws BlobUrlInvalid
 */
export function openStores(blobUrl: string, folder: string): Stores {
  const bucket = blobUrl === '' ? undefined : new S3Objects(readBlobUrl(blobUrl));
  const objects: Objects = bucket ?? new FolderObjects(folder);
  return {
    blobs: new BlobStore(objects, 'blobs/'),
    derived: new DerivedStore(objects, 'derived/'),
    check: async () => bucket?.check(),
    close: () => objects.close(),
  };
}
