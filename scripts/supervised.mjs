/** Programs that are to run for as long as this one does. */
import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_WAIT_MILLISECONDS = 500;
const LONGEST_WAIT_MILLISECONDS = 30_000;
/** Whoever ran so long did not die of its start. */
const STEADY_MILLISECONDS = 60_000;

/**
 * Starts a program, and again whenever it ends, with longer and longer waits while it ends soon; until the signal aborts.
 * Then it is told to stop.
 * @param start resolves to a running program: `exited` resolves to how it ended, in words; `stop()` ends it, and resolves
 *   when it has ended. It may throw where the program does not come up: that is tried again as well, but for the first
 *   time. It gets the signal, and throws when that aborts before the program is up
 * @param tell says what happened, in a line
 * @returns resolves when it runs for the first time; `ended` when it has stopped for good
 */
export async function supervise(name, start, { tell, signal }) {
  let running = await start(signal);
  const keep = async () => {
    let wait = FIRST_WAIT_MILLISECONDS;
    while (!signal.aborted) {
      const began = performance.now();
      const how = running ? await Promise.race([running.exited, aborted(signal)]) : 'it did not come up';
      if (signal.aborted) break;
      if (performance.now() - began > STEADY_MILLISECONDS) wait = FIRST_WAIT_MILLISECONDS;
      tell(`${name} ended (${how}); starting it again in ${wait / 1000} s`);
      await sleep(wait, undefined, { signal }).catch(() => {});
      wait = Math.min(2 * wait, LONGEST_WAIT_MILLISECONDS);
      if (signal.aborted) break;
      running = await start(signal).catch((error) => {
        if (!signal.aborted) tell(`${name}: ${error.message}`);
        return undefined;
      });
    }
    await running?.stop();
  };
  return { ended: keep() };
}

function aborted(signal) {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('');
    else signal.addEventListener('abort', () => resolve(''), { once: true });
  });
}
