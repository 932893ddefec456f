import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { abortionOf } from '../connection.js';
import { timeLimit } from './time-limit.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('a time limit', () => {
  it('aborts when the time is up, however often garbage is collected before', async () => {
    const { signal } = timeLimit(300, new AbortController().signal);
    const collecting = setInterval(collectGarbage, 20);
    try {
      await Promise.race([once(signal, 'abort'), sleep(5_000)]);
      expect(signal.aborted).toBe(true);
      expect(abortionOf(signal)).toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
    } finally {
      clearInterval(collecting);
    }
  });

  it('aborts with the signal, for its reason', () => {
    const controller = new AbortController();
    const { signal, clear } = timeLimit(60_000, controller.signal);
    controller.abort(new Error('enough'));
    expect(signal.reason).toMatchObject({ message: 'enough' });
    clear();
  });

  it('that was cleared does not abort', async () => {
    const { signal, clear } = timeLimit(20, new AbortController().signal);
    clear();
    await sleep(60);
    expect(signal.aborted).toBe(false);
  });
});
