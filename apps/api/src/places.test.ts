import { describe, expect, it } from 'vitest';
import { Places } from './places.js';
import { ProblemError, type ProblemParts } from './problem.js';

function refused(take: () => unknown): ProblemParts | undefined {
  try {
    take();
  } catch (error) {
    if (error instanceof ProblemError) return error.parts;
    throw error;
  }
  return undefined;
}

describe('places', () => {
  const places = () => new Places({ count: 4, ofAClient: 2, what: 'uploads' });

  it('are not all for one client', () => {
    const some = places();
    const leave = some.take('ann');
    some.take('ann');
    expect(refused(() => some.take('ann'))).toEqual({
      status: 429,
      reason: 'TOO_MANY_AT_ONCE',
      detail: 'Expected at most 2 uploads of a client at once. Try again when one has ended.',
      retryAfterSeconds: 1,
    });
    some.take('bob');
    leave();
    expect(refused(() => some.take('ann'))).toBeUndefined();
  });

  it('are so many and no more', () => {
    const some = places();
    for (const client of ['ann', 'bob', 'cat', 'dan']) some.take(client);
    expect(refused(() => some.take('eve'))).toMatchObject({ status: 503, reason: 'BUSY' });
  });

  it('come back once', () => {
    const some = places();
    const leave = some.take('ann');
    leave();
    leave();
    for (const client of ['ann', 'ann', 'bob', 'bob']) some.take(client);
    expect(refused(() => some.take('cat'))).toMatchObject({ status: 503 });
  });
});
