import { customType } from 'drizzle-orm/pg-core';

/** Bytes. */
export const bytes = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' });

/** A vector of any width: drizzle's own type fixes one per column, and models differ. */
export const vectorOfAnyWidth = customType<{ data: Float32Array; driverData: string }>({
  dataType: () => 'vector',
  toDriver: vectorToText,
  fromDriver: (text) => Float32Array.from(JSON.parse(text) as number[]),
});

/** As pgvector reads it: "[0.5,-1]". Every float32 comes back as it was. */
export function vectorToText(vector: Float32Array): string {
  return `[${vector.join(',')}]`;
}
