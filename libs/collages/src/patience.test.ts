import { describe, expect, it } from 'vitest';
import { InferenceError } from '@collage/inference/inference-error.js';
import { OutageTooLongError, type Patience, withPatience } from './patience.js';

const away = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });

/** A clock that only waits move. */
function patienceOf(totalMilliseconds: number) {
  const waits: number[] = [];
  const patience: Patience = {
    firstWaitMilliseconds: 100,
    longestWaitMilliseconds: 1_000,
    totalMilliseconds,
    sleep: async (milliseconds) => waits.push(milliseconds),
    random: () => 1,
  };
  return { waits, patience };
}

function failing(times: number, error: unknown) {
  let left = times;
  return async () => {
    if (left-- > 0) throw error;
    return 'done';
  };
}

describe('withPatience', () => {
  it('tries again after waits that double up to the longest, and tells of each before', async () => {
    const { waits, patience } = patienceOf(60_000);
    const told: string[] = [];
    const result = await withPatience(failing(6, away), patience, ({ reason }, wait) =>
      told.push(`${reason} ${wait}`),
    );
    expect(result).toBe('done');
    expect(waits).toEqual([100, 200, 400, 800, 1000, 1000]);
    expect(told).toEqual(waits.map((wait) => `UNREACHABLE ${wait}`));
  });

  it('throws at once what waiting would not help', async () => {
    const { waits, patience } = patienceOf(60_000);
    await expect(withPatience(failing(1, new Error('wrong')), patience, () => {})).rejects.toThrow('wrong');
    expect(waits).toEqual([]);
  });

  it('gives up after so long, and says for what it waited', async () => {
    const { waits, patience } = patienceOf(1_500);
    const waiting = withPatience(failing(99, away), patience, () => {});
    await expect(waiting).rejects.toThrow(OutageTooLongError);
    await expect(waiting).rejects.toThrow(/Waited 2 s in vain \(UNREACHABLE\).*refused/);
    expect(waits).toEqual([100, 200, 400, 800]);
  });

  it('asks no more than three times for what may be the cause of the outage, however long the waits between', async () => {
    const { waits, patience } = patienceOf(1_000_000);
    const gone = new InferenceError('SIDECAR_UNREACHABLE', 'none serves', 'UNAVAILABLE');
    const lost = new InferenceError('SIDECARS_LOST', 'this call may be what ends them', 'UNAVAILABLE');
    const late = new InferenceError('DEADLINE_EXCEEDED', 'silent', 'DEADLINE_EXCEEDED');
    const errors = [lost, gone, gone, gone, gone, late, gone, lost, gone];
    const waiting = withPatience(
      () => Promise.reject(errors.shift()!),
      patience,
      () => {},
    );
    await expect(waiting).rejects.toMatchObject({
      reason: 'SIDECARS_LOST',
      message: 'Tried 3 times in vain: this call may be what ends them',
    });
    expect(waits).toHaveLength(7);
  });

  it('waits for a restart, and for a second one, that it may have been the cause of', async () => {
    const { waits, patience } = patienceOf(1_000_000);
    const lost = new InferenceError('CLIMB_INTERRUPTED', 'it died', 'UNAVAILABLE');
    expect(await withPatience(failing(2, lost), patience, () => {})).toBe('done');
    expect(waits).toEqual([100, 200]);
  });

  it('ends with the signal', async () => {
    const stop = new AbortController();
    const { patience } = patienceOf(60_000);
    const work = async () => {
      stop.abort(new Error('cancelled'));
      throw away;
    };
    await expect(withPatience(work, patience, () => {}, stop.signal)).rejects.toThrow('cancelled');
  });
});
