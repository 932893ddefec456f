const FIRST_WAIT_SECONDS = 5;
const LONGEST_WAIT_SECONDS = 3600;
/** A receiver that asks to be left alone for longer is asked again after this all the same. */
const LONGEST_ASKED_SECONDS = 24 * 3600;

/**
 * Seconds until a message that was not taken is sent again: never before the receiver wants to be asked, which counts up to
 * a day.
 * @param tries so far, from 1
 * @param random 0 to below 1
 * @param askedSeconds for how long the receiver asked to be left alone
 */
export function webhookWait(tries: number, random: number, askedSeconds = 0): number {
  const longest = Math.min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (tries - 1));
  // Between half and all of it, so that what failed together does not come back together.
  const own = longest * (0.5 + 0.5 * random);
  const asked = Math.min(LONGEST_ASKED_SECONDS, askedSeconds) + FIRST_WAIT_SECONDS * random;
  return Math.max(own, asked);
}
