import { describe, expect, it } from 'vitest';
import { UnansweredSource } from './unanswered-source.js';

const named = (...digests: string[]) => digests.map((digest) => ({ digest }));

async function take(requests: AsyncGenerator<{ digest: string }, void>, count: number): Promise<string[]> {
  const taken: string[] = [];
  while (taken.length < count) {
    const { value, done } = await requests.next();
    if (done) break;
    taken.push(value.digest);
  }
  return taken;
}

describe('UnansweredSource', () => {
  it('begins anew with what is unanswered, in its order, and goes on', async () => {
    const source = new UnansweredSource(named('a', 'b', 'c', 'd'));
    expect(await take(source.requests(), 3)).toEqual(['a', 'b', 'c']);
    source.answered('b');
    expect(await take(source.requests(), 9)).toEqual(['a', 'c', 'd']);
  });

  it('hands out a digest once a call, and never again when it was answered', async () => {
    const source = new UnansweredSource(named('a', 'a', 'b', 'a'));
    expect(await take(source.requests(), 2)).toEqual(['a', 'b']);
    source.answered('a');
    expect(await take(source.requests(), 9)).toEqual(['b']);
  });

  it('loses nothing that a failed call was still waiting for', async () => {
    let deliver = () => {};
    const delivered = new Promise<void>((resolve) => (deliver = resolve));
    async function* slow() {
      await delivered;
      yield* named('late', 'later');
    }
    const source = new UnansweredSource(slow());
    const failed = source.requests().next();
    const again = take(source.requests(), 9);
    deliver();
    expect(await failed).toMatchObject({ done: true });
    expect(await again).toEqual(['late', 'later']);
  });

  it('passes on what the source throws to every call', async () => {
    async function* broken(): AsyncGenerator<{ digest: string }> {
      yield* named('a');
      throw new Error('the disk is gone');
    }
    const source = new UnansweredSource(broken());
    await expect(take(source.requests(), 9)).rejects.toThrow('the disk is gone');
    const again = source.requests();
    expect(await take(again, 1)).toEqual(['a']);
    await expect(again.next()).rejects.toThrow('the disk is gone');
  });

  it('lets go of the source when it is closed', async () => {
    let closed = false;
    async function* photos() {
      try {
        yield* named('a', 'b');
      } finally {
        closed = true;
      }
    }
    const source = new UnansweredSource(photos());
    await take(source.requests(), 1);
    source.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(closed).toBe(true);
  });
});
