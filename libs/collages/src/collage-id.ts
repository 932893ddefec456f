/** An id as {@link newCollageId} makes it. */
export const COLLAGE_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * A UUID of version 7 (RFC 9562, section 5.7): 48 bits of time, 74 random ones. Ids of one process sort by when they
 * were made, to the millisecond.
 * @param now milliseconds since 1970
 * @param random gives so many random bytes
 */
export function newCollageId(now: number, random: (byteCount: number) => Uint8Array): string {
  const bytes = Buffer.from(random(16));
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Whether a text is an id as {@link newCollageId} makes them: what is none names no collage. */
export function isCollageId(text: string): boolean {
  return COLLAGE_ID.test(text);
}
