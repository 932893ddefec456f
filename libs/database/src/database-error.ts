/** What went wrong with the database, for programs; the message is for people. */
export type DatabaseErrorReason =
  | 'DATABASE_URL_INVALID'
  | 'DATABASE_UNREACHABLE'
  | 'DATABASE_BINARIES_MISSING'
  | 'DATABASE_VERSION'
  | 'DATABASE_START_FAILED'
  | 'DATABASE_EXTENSION_MISSING'
  | 'DATABASE_SCHEMA'
  | 'DATABASE_NOT_EMPTY'
  | 'BACKUP_FAILED'
  | 'BACKUP_UNREADABLE';

/** The database cannot be used as asked; the message says with what, why, and what to do next. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';

  constructor(
    readonly reason: DatabaseErrorReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The code that Node or PostgreSQL gave an error, such as "ECONNREFUSED" or "57P03"; undefined where there is none. */
export function codeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

/** An error in one line, also where it has only a code (as Node's error for several addresses has). */
export function describeError(error: unknown): string {
  const { message } = (error ?? {}) as { message?: unknown };
  return (typeof message === 'string' && message) || codeOf(error) || String(error);
}
