import { describe, expect, it } from 'vitest';
import { Remainder } from './remainder.js';

async function* named(...digests: string[]) {
  for (const digest of digests) yield { digest };
}

async function take<Item>(items: AsyncGenerator<Item>, count: number): Promise<Item[]> {
  const taken: Item[] = [];
  for (let index = 0; index < count; index++) {
    const { done, value } = await items.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

describe('Remainder', () => {
  it('gives what was not answered first, then the rest of the source', async () => {
    const remainder = new Remainder(named('a', 'b', 'c', 'd'));
    await take(remainder.read(), 3);
    remainder.answered('b');
    expect(await take(remainder.read(), 9)).toEqual([{ digest: 'a' }, { digest: 'c' }, { digest: 'd' }]);
  });

  it('gives a digest that comes again once, also after it was answered', async () => {
    const remainder = new Remainder(named('a', 'a', 'b', 'a'));
    expect(await take(remainder.read(), 1)).toEqual([{ digest: 'a' }]);
    remainder.answered('a');
    expect(await take(remainder.read(), 9)).toEqual([{ digest: 'b' }]);
  });

  it('loses nothing to an earlier reading that waits for the source', async () => {
    let give = () => {};
    const gate = new Promise<void>((resolve) => (give = resolve));
    async function* late() {
      await gate;
      yield { digest: 'late' };
    }
    const remainder = new Remainder(late());
    const old = remainder.read().next();
    const fresh = remainder.read().next();
    give();
    expect((await old).value).toEqual({ digest: 'late' });
    expect((await fresh).value).toEqual({ digest: 'late' });
  });

  it('passes on what the source throws', async () => {
    async function* broken() {
      yield { digest: 'a' };
      throw new Error('the disk is gone');
    }
    const reading = new Remainder(broken()).read();
    await reading.next();
    await expect(reading.next()).rejects.toThrow('the disk is gone');
  });
});
