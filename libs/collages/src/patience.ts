import { type Outage, outageOf } from '@collage/pipeline/outage.js';

/** How long outages are waited for; clock and die are parameters. */
export interface Patience {
  /** The first wait; it doubles. */
  firstWaitMilliseconds: number;
  /** Waits grow no longer than this. */
  longestWaitMilliseconds: number;
  /** Of all waits together; then the outage counts as a failure. */
  totalMilliseconds: number;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<unknown>;
  /** Uniform in [0, 1). */
  random(): number;
}

/** How often work may meet outages that it may have brought about itself: it is not to end one sidecar after the other. */
const SUSPECT_LIMIT = 3;

/** An outage that lasted longer than anybody waits. */
export class OutageTooLongError extends Error {
  override readonly name = 'OutageTooLongError';
  readonly reason = 'OUTAGE_TOO_LONG';

  constructor({ reason, message }: Outage, waitedMilliseconds: number, cause: unknown) {
    super(
      `Waited ${Math.round(waitedMilliseconds / 1000)} s in vain (${reason}): ${message} Ask for the collage again once ` +
        'that is mended.',
      { cause },
    );
  }
}

/** Work that met so many outages which it may have brought about itself that it is taken for their cause. */
export class TriedInVainError extends Error {
  override readonly name = 'TriedInVainError';
  readonly reason: string;

  constructor({ reason, message }: Outage, cause: unknown) {
    super(`Tried ${SUSPECT_LIMIT} times in vain: ${message}`, { cause });
    this.reason = reason;
  }
}

/**
 * Does work again and again while outages keep it from succeeding, with waits that double, each between half and all of
 * it by chance: so that many that failed together do not come back together. Any other error is thrown at once, and of
 * outages that the work itself may bring about the third.
 * @param onWait is told before each wait
 * @throws OutageTooLongError, TriedInVainError, the signal's reason
 */
export async function withPatience<Result>(
  work: () => Promise<Result>,
  patience: Patience,
  onWait: (outage: Outage, waitMilliseconds: number) => unknown,
  signal?: AbortSignal,
): Promise<Result> {
  let waited = 0;
  let suspected = 0;
  for (
    let limit = patience.firstWaitMilliseconds;
    ;
    limit = Math.min(2 * limit, patience.longestWaitMilliseconds)
  ) {
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      const outage = outageOf(error);
      if (outage === undefined) throw error;
      if (outage.isSuspect && ++suspected >= SUSPECT_LIMIT) throw new TriedInVainError(outage, error);
      if (waited >= patience.totalMilliseconds) throw new OutageTooLongError(outage, waited, error);
      const wait = limit * (0.5 + 0.5 * patience.random());
      await onWait(outage, wait);
      await patience.sleep(wait, signal);
      waited += wait;
    }
  }
}
