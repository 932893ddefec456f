import { describe, expect, it } from 'vitest';
import { Places } from './places.js';

describe('Places', () => {
  it('lets the next one in when one leaves, in the order of their coming', async () => {
    const places = new Places(1);
    const leave = await places.take();
    const came: string[] = [];
    const second = places.take().then((leaveSecond) => (came.push('second'), leaveSecond));
    const third = places.take().then(() => came.push('third'));
    await Promise.resolve();
    expect(came).toEqual([]);
    leave();
    (await second)();
    await third;
    expect(came).toEqual(['second', 'third']);
  });

  it('counts a place given back twice once', async () => {
    const places = new Places(1);
    const leave = await places.take();
    leave();
    leave();
    await places.take();
    const waiting = places.take(AbortSignal.timeout(20));
    await expect(waiting).rejects.toThrow();
  });

  it('lets nobody in who has given up waiting', async () => {
    const places = new Places(1);
    const leave = await places.take();
    const givingUp = new AbortController();
    const gaveUp = places.take(givingUp.signal);
    givingUp.abort();
    await expect(gaveUp).rejects.toThrow();
    leave();
    await places.take();
  });
});
