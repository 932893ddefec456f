import { describe, expect, it } from 'vitest';
import type { StageEvent } from '@collage/pipeline/stage-event.js';
import { progressed } from '@collage/pipeline/stage-event.js';
import { EventBatch } from './event-batch.js';

const event = (done: number) => progressed(1, done, 999, 'steps');
const doneOf = (events: StageEvent[]) =>
  events.map((each) => (each.$case === 'stageProgressed' ? each.value.doneCount : -1));

describe('EventBatch', () => {
  it('writes all events in order, one write at a time, few writes for many events', async () => {
    const written: StageEvent[][] = [];
    let writing = 0;
    const batch = new EventBatch(async (events) => {
      expect(++writing).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      writing--;
      written.push(events);
    });
    for (let done = 0; done < 330; done++) await batch.add(event(done));
    const rest = await batch.end();
    expect(doneOf([...written.flat(), ...rest])).toEqual(Array.from({ length: 330 }, (_, done) => done));
    expect(written.length).toBeGreaterThanOrEqual(6);
    expect(written.length).toBeLessThan(20);
  });

  it('writes a lone event soon, without another one coming', async () => {
    const written: StageEvent[] = [];
    const batch = new EventBatch(async (events) => written.push(...events));
    await batch.add(event(1));
    await expect.poll(() => written.length).toBe(1);
    expect(await batch.end()).toEqual([]);
  });

  it('fails with what a write failed with, and writes nothing more', async () => {
    let writes = 0;
    const batch = new EventBatch(async () => {
      writes++;
      throw new Error('refused');
    });
    await expect(
      (async () => {
        for (let done = 0; done < 200; done++) await batch.add(event(done));
      })(),
    ).rejects.toThrow('refused');
    await expect(batch.end()).rejects.toThrow('refused');
    expect(writes).toBe(1);
  });
});
