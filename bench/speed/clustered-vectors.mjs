import { createHash } from 'node:crypto';

/** Random numbers from 0 to 1 that depend on the seed alone (mulberry32). */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A random unit vector: normal deviates (Box and Muller 1958), scaled. */
function direction(width, next) {
  const vector = new Float32Array(width);
  for (let index = 0; index < width; index++) {
    vector[index] = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  }
  return unit(vector);
}

function unit(vector) {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const length = Math.sqrt(sum);
  return vector.map((value) => value / length);
}

/**
 * Batches of unit vectors around random directions. The directions depend on `seed` alone, what is mixed into them also on `stream`:
 * two streams of one seed are vectors of the same clusters.
 */
export function* clusteredVectors(
  { count, width, clusterCount, spread = 0.7, batch = 1000 },
  seed,
  stream = 0,
) {
  const next = random(seed);
  const centers = Array.from({ length: clusterCount }, () => direction(width, next));
  const noise = random(seed + 7919 * (stream + 1));
  for (let from = 0; from < count; from += batch) {
    yield Array.from({ length: Math.min(batch, count - from) }, (_, index) => {
      const center = centers[Math.floor(noise() * clusterCount)];
      const mixed = direction(width, noise).map((value, component) => center[component] + spread * value);
      const contentDigest = createHash('sha256')
        .update(`${seed}/${stream}/${from + index}`)
        .digest('hex');
      return { contentDigest, vector: unit(mixed) };
    });
  }
}
