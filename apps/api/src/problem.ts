import { STATUS_CODES } from './status-codes.js';

/** A problem as RFC 9457 has it, with our `reason` for programs. */
export interface Problem {
  /** `about:blank`: the status says what kind it is, `reason` says which. */
  type: 'about:blank';
  /** The status in words. */
  title: string;
  status: number;
  /** A sentence for people: what happened, and what to do. */
  detail: string;
  /** Path of the request. */
  instance: string;
  /** UPPER_SNAKE and stable. */
  reason: string;
  /** What is wrong with which field of the request. */
  errors?: { field: string; message: string }[];
}

export const PROBLEM_TYPE = 'application/problem+json';

/** What a problem says besides where it happened. */
export type ProblemParts = Pick<Problem, 'status' | 'reason' | 'detail' | 'errors'> & {
  /** After so many seconds it is worth trying again. */
  retryAfterSeconds?: number;
};

/** Something that is answered with this problem. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(readonly parts: ProblemParts) {
    super(parts.detail);
  }
}

export function problemOf({ status, reason, detail, errors }: ProblemParts, path: string): Problem {
  const title = STATUS_CODES[status] ?? 'Error';
  return { type: 'about:blank', title, status, detail, instance: path, reason, ...(errors && { errors }) };
}
