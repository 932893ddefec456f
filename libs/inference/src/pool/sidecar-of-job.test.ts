import { afterAll, describe, expect, it } from 'vitest';
import { InferenceError } from '../inference-error.js';
import { PoolMember } from './pool-member.js';
import { SidecarOfJob } from './sidecar-of-job.js';

describe('SidecarOfJob', () => {
  const members = [1, 2, 3].map((port) => new PoolMember(`127.0.0.1:${port}`, {}, 1000));
  afterAll(() => members.forEach((member) => member.close()));

  /** A job whose calls go round the members. */
  function job(): SidecarOfJob {
    let chosen = 0;
    return new SidecarOfJob({
      choose: async ({ preferred }, _signal, take) => {
        const member = preferred ?? members[chosen++ % members.length]!;
        take?.(member);
        return member;
      },
    });
  }

  /** Gives the numbers from 1 on, and breaks as a call does whose sidecar dies after so many. */
  async function* dyingAfter(count: number): AsyncGenerator<number> {
    for (let number = 1; number <= count; number++) yield number;
    throw new InferenceError('SIDECAR_UNREACHABLE', 'it died', 'UNAVAILABLE');
  }

  it('gives up a call that ends every sidecar before it is any further', async () => {
    let asked = 0;
    let last = 0;
    const seen: number[] = [];
    const numbers = job().stream(
      () => (asked++, dyingAfter(3)),
      undefined,
      (number) => number > last,
    );
    await expect(
      (async () => {
        for await (const number of numbers) {
          seen.push(number);
          last = Math.max(last, number);
        }
      })(),
    ).rejects.toMatchObject({ reason: 'SIDECARS_LOST' });
    expect([asked, seen]).toEqual([4, [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]]);
  });

  it('says of one that is late everywhere that it is late, not that they are lost', async () => {
    let asked = 0;
    const call = job().call(async () => {
      asked++;
      throw new InferenceError('DEADLINE_EXCEEDED', 'silent', 'DEADLINE_EXCEEDED');
    });
    await expect(call).rejects.toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
    expect(asked).toBe(3);
  });

  it('goes on as long as each sidecar brings it further', async () => {
    let asked = 0;
    let last = 0;
    const numbers = job().stream(
      () => (asked++, asked < 9 ? dyingAfter(asked) : dyingAfter(0)),
      undefined,
      (number) => number > last,
    );
    await expect(
      (async () => {
        for await (const number of numbers) last = Math.max(last, number);
      })(),
    ).rejects.toMatchObject({ reason: 'SIDECARS_LOST' });
    expect([last, asked]).toEqual([8, 11]);
  });
});
