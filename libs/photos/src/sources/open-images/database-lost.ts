import { OpenImagesError } from './open-images-error.js';

/** What a connection that broke, or a server that went, is to a search: a source out of reach. Undefined for other errors. */
export function databaseLost(error: unknown): OpenImagesError | undefined {
  const { reason, code, message } = error as { reason?: unknown; code?: unknown; message?: string };
  const isOfDatabase =
    (typeof code === 'string' && /^(?:[0-9A-Z]{5}|E[A-Z]+)$/.test(code)) ||
    (message ?? '').startsWith('Connection terminated');
  if (reason !== undefined || !isOfDatabase) return undefined;
  return new OpenImagesError('DATABASE_LOST', `The database broke off while it was searched: ${message}`, {
    cause: error,
  });
}
