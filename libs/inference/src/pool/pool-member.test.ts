import { describe, expect, it } from 'vitest';
import { PoolMember } from './pool-member.js';

describe('PoolMember', () => {
  it('takes calls for lost only where it has refused others for longer than any draining takes', async () => {
    let time = 0;
    const member = new PoolMember('127.0.0.1:9', {}, 1000, () => time);
    const { signal } = new AbortController();
    await member.look(signal);
    expect(member.state).toBe('gone');
    time = 14_000;
    await member.look(signal);
    expect(member.lost.aborted).toBe(false);
    time = 15_000;
    await member.look(signal);
    expect(member.lost.aborted).toBe(true);
    member.close();
  });
});
