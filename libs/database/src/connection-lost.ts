import { codeOf, describeError } from './database-error.js';

/** PostgreSQL's classes: connection lost (08), no more resources (53: disk full, too many connections), going down (57P). */
const SQL_STATES = /^(08|53|57P)[0-9A-Z]+$/;
const NETWORK_CODES: readonly string[] = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
];
/** node-postgres has no codes for these. */
const WITHOUT_CODE =
  /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error)/;

/**
 * Whether an error of a connection says that it broke or cannot be made, or that the server is going down or full: it may
 * be there again later. Errors that carry a `reason` are not the connection's own but those of who used it, and never are.
 */
export function isConnectionLost(error: unknown): boolean {
  if ((error as { reason?: unknown } | null | undefined)?.reason !== undefined) return false;
  const code = codeOf(error) ?? '';
  return SQL_STATES.test(code) || isNetworkCode(code) || WITHOUT_CODE.test(describeError(error));
}

/** Whether a code is Node's word that a connection, of whatever kind, was lost or refused. */
export function isNetworkCode(code: string): boolean {
  return NETWORK_CODES.includes(code);
}
