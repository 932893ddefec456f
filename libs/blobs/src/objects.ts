/** An object as a list shows it. */
export interface ListedObject {
  /** Its name. */
  key: string;
  /** Its length. */
  sizeBytes: number;
  /** When it was last written. */
  writtenAt: Date;
}

/**
 * Bytes under names: the one thing that blobs and derived results need of a place to keep them. A name is made of
 * letters, digits, `.`, `_`, `-` and `/`; the same names are used by every place, so that the files of a folder
 * can be copied into a bucket, and back.
 *
 * Nobody ever sees half an object: what is read is what one `write` was given, or nothing. All methods throw a
 * `BlobStoreError` when the place cannot be used.
 */
export interface Objects {
  /** The bytes under a name; undefined where there are none. */
  read(key: string): Promise<Buffer | undefined>;
  /**
   * Stores bytes; they survive a power cut from then on.
   * @param onlyNew leaves what is there already, and costs no upload then where the place can tell
   */
  write(key: string, bytes: Uint8Array, onlyNew?: boolean): Promise<void>;
  /** Length of what is stored under a name, without reading it; undefined where there is nothing. */
  size(key: string): Promise<number | undefined>;
  /** Removes an object; that there is none is no error. */
  remove(key: string): Promise<void>;
  /**
   * All objects whose names begin with `prefix` (empty, or ending in `/`), in no order. What is written or removed
   * meanwhile may be in it or not.
   */
  list(prefix: string): AsyncIterable<ListedObject>;
  /** Ends what it holds open. */
  close(): void;
}
