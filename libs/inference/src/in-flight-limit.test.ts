import { describe, expect, it } from 'vitest';
import { InFlightLimit } from './in-flight-limit.js';

describe('InFlightLimit', () => {
  it('lets the next one in when one leaves, in the order of their coming', async () => {
    const limit = new InFlightLimit(1);
    const leave = await limit.enter();
    const came: string[] = [];
    const second = limit.enter().then((leaveSecond) => (came.push('second'), leaveSecond));
    const third = limit.enter().then(() => came.push('third'));
    await Promise.resolve();
    expect(came).toEqual([]);
    leave();
    (await second)();
    await third;
    expect(came).toEqual(['second', 'third']);
  });

  it('counts a place given back twice once', async () => {
    const limit = new InFlightLimit(1);
    const leave = await limit.enter();
    leave();
    leave();
    await limit.enter();
    const waiting = limit.enter(AbortSignal.timeout(20));
    await expect(waiting).rejects.toThrow();
  });

  it('lets nobody in who has given up waiting', async () => {
    const limit = new InFlightLimit(1);
    const leave = await limit.enter();
    const givingUp = new AbortController();
    const gaveUp = limit.enter(givingUp.signal);
    givingUp.abort();
    await expect(gaveUp).rejects.toThrow();
    leave();
    await limit.enter();
  });
});
