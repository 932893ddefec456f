import type { ItemError } from '@collage/proto/collage/v1/embedding_service.js';
import { outageOf } from './outage.js';

/** A picture to send; `read` is called when its turn comes. */
export interface PictureToRead {
  digest: string;
  read(): Promise<Buffer>;
}

/** A picture that could not be read. */
export interface UnreadPicture {
  digest: string;
  error: ItemError;
}

/**
 * Reads pictures one by one. One that cannot be read is left out and added to `unread`: it must not end the run. Outages do
 * (see {@link unreadable}).
 */
export async function* readPictures(
  pictures: Iterable<PictureToRead>,
  unread: UnreadPicture[],
): AsyncGenerator<{ digest: string; picture: Buffer }> {
  for (const { digest, read } of pictures) {
    let picture: Buffer;
    try {
      picture = await read();
    } catch (error) {
      unread.push({ digest, error: unreadable(error) });
      continue;
    }
    yield { digest, picture };
  }
}

/**
 * Why something could not be read, as an item's error: its own reason where it has one.
 * @throws the error itself where it is an outage: what is away is not the picture, and waiting will have it
 */
export function unreadable(error: unknown): ItemError {
  if (outageOf(error)) throw error;
  const { reason, message } = (error ?? {}) as { reason?: unknown; message?: unknown };
  return {
    reason: typeof reason === 'string' ? reason : 'PICTURE_UNREADABLE',
    message: typeof message === 'string' ? message : String(error),
  };
}
