/**
 * A stream of random numbers that is the same on every machine.
 *
 * The generator is sfc32 (Chris Doty-Humphrey, PractRand; 128 bits of state); seed and salts are hashed into its state
 * by cyrb128-style mixing (bryc/code, public domain). Only 32-bit integer arithmetic is used, which ECMAScript defines
 * exactly. Streams of different salts are unrelated, so each draw can be a function of what it is for:
 * `seededRandom(seed, 'layout', 12)` does not care how many layouts were drawn before.
 *
 * @param seed any number; the fractional part counts
 * @param salts what the numbers are for; `1` and `'1'` are different salts
 * @returns a function giving numbers in [0, 1) with 32 random bits
 */
export function seededRandom(seed: number, ...salts: (number | string)[]): () => number {
  let [a, b, c, d] = hash(JSON.stringify([seed, ...salts]));
  const next = (): number => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // PractRand's own seeding discards a dozen outputs, so that similar states diverge.
  for (let round = 0; round < 12; round++) next();
  return next;
}

/** Four 32-bit words that depend on every UTF-16 unit of the text. */
function hash(text: string): [number, number, number, number] {
  let [a, b, c, d] = [1779033703, 3144134277, 1013904242, 2773480762];
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    a = b ^ Math.imul(a ^ unit, 597399067);
    b = c ^ Math.imul(b ^ unit, 2869860233);
    c = d ^ Math.imul(c ^ unit, 951274213);
    d = a ^ Math.imul(d ^ unit, 2716044179);
  }
  a = Math.imul(c ^ (a >>> 18), 597399067);
  b = Math.imul(d ^ (b >>> 22), 2869860233);
  c = Math.imul(a ^ (c >>> 17), 951274213);
  d = Math.imul(b ^ (d >>> 19), 2716044179);
  return [a ^ b ^ c ^ d, b ^ a, c ^ a, d ^ a];
}
