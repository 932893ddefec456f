import { describe, expect, it } from 'vitest';
import { InferenceError } from './inference-error.js';
import { QueueFullRetry } from './queue-full-retry.js';

const full = (delay?: number) =>
  new InferenceError('ENCODE_QUEUE_FULL', 'full', 'RESOURCE_EXHAUSTED', {}, delay);

/** A clock that only sleeping moves. */
function terms(patienceMilliseconds: number, random = 0) {
  const slept: number[] = [];
  let time = 1000;
  const sleep = async (milliseconds: number) => {
    slept.push(milliseconds);
    time += milliseconds;
  };
  return { slept, patienceMilliseconds, random: () => random, now: () => time, sleep };
}

describe('QueueFullRetry', () => {
  it('waits as long as the sidecar asked for, and a random part of that', async () => {
    const exact = terms(10_000);
    await new QueueFullRetry(exact).wait(full(300));
    expect(exact.slept).toEqual([300]);
    const jittered = terms(10_000, 0.5);
    await new QueueFullRetry(jittered).wait(full(300));
    expect(jittered.slept).toEqual([450]);
  });

  it('tries a last time when patience ends, and gives up after that', async () => {
    const given = terms(1000);
    const retry = new QueueFullRetry(given);
    for (let count = 0; count < 4; count++) await retry.wait(full(300));
    const last = full(300);
    await expect(retry.wait(last)).rejects.toBe(last);
    expect(given.slept).toEqual([300, 300, 300, 100]);
  });

  it('tries again even where the sidecar asks for more time than there is patience', async () => {
    const given = terms(1000);
    await new QueueFullRetry(given).wait(full(60_000));
    expect(given.slept).toEqual([1000]);
  });

  it('has all its patience again after an answer', async () => {
    const given = terms(500);
    const retry = new QueueFullRetry(given);
    await retry.wait(full(400));
    retry.answered();
    await retry.wait(full(500));
    await expect(retry.wait(full(500))).rejects.toMatchObject({ reason: 'ENCODE_QUEUE_FULL' });
  });

  it.each([
    ['another refusal', new InferenceError('TEXTS_INVALID', 'bad', 'INVALID_ARGUMENT')],
    ['a refusal without a hint', full()],
    ['an error of the program', new TypeError('oops')],
  ])('passes on %s at once', async (_, error) => {
    const given = terms(10_000);
    await expect(new QueueFullRetry(given).wait(error)).rejects.toBe(error);
    expect(given.slept).toEqual([]);
  });
});
