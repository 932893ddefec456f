import pg from 'pg';
import { codeOf, DatabaseError, describeError } from './database-error.js';

/** A server that takes longer to let us in hangs, or is not there. */
export const CONNECT_TIMEOUT_MILLISECONDS = 10_000;

/** Where and as whom a server is spoken to, without the password: fit for messages. */
export interface ServerAddress {
  config: pg.ClientConfig;
  description: string;
}

/**
 * Reads the setting DATABASE_URL.
 * @throws DatabaseError DATABASE_URL_INVALID
 */
export function readDatabaseUrl(databaseUrl: string): ServerAddress {
  const url = URL.canParse(databaseUrl) ? new URL(databaseUrl) : undefined;
  if (!url || !['postgres:', 'postgresql:'].includes(url.protocol)) {
    // Not the value: there may be a password in it.
    throw new DatabaseError(
      'DATABASE_URL_INVALID',
      'DATABASE_URL: expected an address like postgresql://user:password@host:5432/name but received ' +
        (url ? `one of "${url.protocol}"` : 'something that is no address') +
        '. Correct it, or leave it empty for the embedded database.',
    );
  }
  const host = url.searchParams.get('host') ?? (url.hostname || 'localhost');
  const description = `${host}:${url.port || url.searchParams.get('port') || 5432}${url.pathname}`;
  return {
    config: { connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_TIMEOUT_MILLISECONDS },
    description,
  };
}

/** Connects once, to say in time and in words what is wrong. Throws a {@link DatabaseError} DATABASE_UNREACHABLE. */
export async function connectOnce({ config, description }: ServerAddress): Promise<pg.Client> {
  const client = new pg.Client(config);
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    const code = codeOf(error);
    const why = describeError(error);
    throw new DatabaseError(
      'DATABASE_UNREACHABLE',
      `DATABASE_URL: expected a PostgreSQL server at ${description} but received: ${why}` +
        `${code && !why.includes(code) ? ` (${code})` : ''}. Start it or correct the setting; where it is empty, an ` +
        'embedded database is used.',
      { cause: error },
    );
  }
}
