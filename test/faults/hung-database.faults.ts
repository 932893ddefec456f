import { afterEach, describe, expect, it } from 'vitest';
import { serviceMissing, TestService } from './test-service.js';

describe.skipIf(serviceMissing)(
  `an API whose database hangs (${serviceMissing ?? 'SIGSTOP'})`,
  { timeout: 300_000 },
  () => {
    let service: TestService | undefined;
    afterEach(() => service?.remove());

    it('answers 503 instead of nothing, is well again after it, and ends within its time', async () => {
      service = await TestService.start({ workers: 0, apis: 1, sidecars: [], photos: '' });
      const [api] = service.apis;
      const ask = async (init?: RequestInit) => {
        const answer = await fetch(`${service!.addresses[0]}/v1/collages`, init);
        return [answer.status, ((await answer.json()) as { reason?: string }).reason];
      };
      const list = () => ask();
      const create = () =>
        ask({
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ prompt: 'a cat' }),
        });
      expect(await list()).toEqual([200, undefined]);
      await service.signalDatabase('SIGSTOP');
      try {
        // More than its pool has connections: none of them waits for ever.
        const answers = await Promise.all(Array.from({ length: 20 }, list));
        expect(answers).toEqual(Array(20).fill([503, 'STORAGE_UNAVAILABLE']));
        // A transaction is not rolled back where nobody listens: that would take as long again.
        const asked = performance.now();
        expect(await create()).toEqual([503, 'STORAGE_UNAVAILABLE']);
        expect(performance.now() - asked).toBeLessThan(35_000);
        await service.signalDatabase('SIGCONT');
        expect(await list()).toEqual([200, undefined]);
        await service.signalDatabase('SIGSTOP');
        const began = performance.now();
        expect(await api!.stop()).toBe(0);
        expect(performance.now() - began).toBeLessThan(20_000);
      } finally {
        await service.signalDatabase('SIGCONT');
      }
    });
  },
);
