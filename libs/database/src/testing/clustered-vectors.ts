import { createHash } from 'node:crypto';
import type { StoredVector } from '../embedding-store.js';

/** Random numbers from 0 to 1 that depend on the seed alone (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Normal deviates (Box and Muller 1958). */
function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** Unit vectors around `clusterCount` random directions, as texts about the same things are; `spread` is noise against direction. */
export function clusteredVectors(
  {
    count,
    width,
    clusterCount = 200,
    spread = 0.7,
  }: { count: number; width: number; clusterCount?: number; spread?: number },
  seed: number,
): StoredVector[] {
  const next = random(seed);
  const centers = Array.from({ length: clusterCount }, () => direction(width, next));
  return Array.from({ length: count }, (_, index) => {
    const center = centers[Math.floor(next() * clusterCount)]!;
    const noise = direction(width, next);
    const mixed = center.map((value, component) => value + spread * noise[component]!);
    return { contentDigest: digestOf(`${seed}/${width}/${index}`), vector: unit(mixed) };
  });
}

export function digestOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

function direction(width: number, next: () => number): Float32Array {
  return unit(Float32Array.from({ length: width }, () => normal(next)));
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
