import { isConnectionLost } from '@collage/database/connection-lost.js';
import { describeError } from '@collage/database/database-error.js';
import { OpenImagesError } from './open-images-error.js';

/** What a connection that broke, or a server that went, is to a search: a source out of reach. Undefined for other errors. */
export function databaseLost(error: unknown): OpenImagesError | undefined {
  if (!isConnectionLost(error)) return undefined;
  return new OpenImagesError(
    'DATABASE_LOST',
    `The database broke off while it was searched: ${describeError(error)}`,
    { cause: error },
  );
}
