/** Before an EXIF block of a JPEG. */
export const EXIF_START = Buffer.from('Exif\0\0', 'latin1');
const IPTC_START = Buffer.from('Photoshop 3.0\0', 'latin1');
const RESOURCE_START = Buffer.from('8BIM', 'latin1');
/** The one of Photoshop's resources that is IPTC's. */
const IPTC_RESOURCE = 0x0404;
/** The least that a resource takes: its start, type, empty name and size. */
const RESOURCE_HEADER_BYTES = 12;
/** Each of IPTC's fields begins so, then comes its number and its size. */
const FIELD_START = 0x1c;
const FIELD_HEADER_BYTES = 5;
/** What a segment of a JPEG holds; the reader takes no more. */
export const MAX_BLOCK_BYTES = 65_533;

/**
 * Why nothing of an EXIF block can be read, in words; undefined where its first directory is there, however odd the
 * fields in it are.
 * @param exif with or without "Exif" before it, as JPEG and PNG have it
 */
export function exifProblem(exif: Uint8Array): string | undefined {
  const tooLong = lengthProblem('EXIF', exif);
  if (tooLong) return tooLong;
  const bytes = withoutStart(exif, EXIF_START);
  if (isBlank(bytes)) return undefined;
  const order = bytes.toString('latin1', 0, 2);
  if (bytes.length < 8 || (order !== 'II' && order !== 'MM')) return 'its EXIF does not begin as EXIF does';
  const directory = order === 'II' ? bytes.readUInt32LE(4) : bytes.readUInt32BE(4);
  return directory + 2 > bytes.length ? 'its EXIF is cut off before its first directory' : undefined;
}

/**
 * Why nothing of IPTC's binary block can be read, in words; undefined where its fields are there, or Photoshop wrote
 * none among its own.
 * @param iptc as a JPEG's APP13 segment holds it
 */
export function iptcProblem(iptc: Uint8Array): string | undefined {
  const tooLong = lengthProblem('IPTC', iptc);
  if (tooLong) return tooLong;
  const bytes = withoutStart(iptc, IPTC_START);
  if (bytes.length === iptc.length && !isBlank(bytes)) return 'its IPTC does not begin as IPTC does';
  let at = 0;
  while (!isBlank(bytes.subarray(at))) {
    if (at + RESOURCE_HEADER_BYTES > bytes.length) return CUT_OFF;
    if (!bytes.subarray(at, at + 4).equals(RESOURCE_START)) return 'its IPTC is not in parts as IPTC is';
    const isIptc = bytes.readUInt16BE(at + 4) === IPTC_RESOURCE;
    // A name has one byte for its length, and all of it is even.
    const sizeAt = at + 6 + 2 * Math.ceil((bytes[at + 6]! + 1) / 2);
    if (sizeAt + 4 > bytes.length) return CUT_OFF;
    const size = bytes.readUInt32BE(sizeAt);
    const end = sizeAt + 4 + size;
    if (end > bytes.length) return CUT_OFF;
    if (isIptc) return fieldsProblem(bytes.subarray(sizeAt + 4, end));
    at = end + (size % 2);
  }
  return undefined;
}

const CUT_OFF = 'its IPTC is cut off';

function fieldsProblem(bytes: Buffer): string | undefined {
  let at = 0;
  for (; bytes[at] === FIELD_START; at += FIELD_HEADER_BYTES + bytes.readUInt16BE(at + 3)) {
    if (at + FIELD_HEADER_BYTES > bytes.length) return CUT_OFF;
  }
  if (at > bytes.length) return CUT_OFF;
  return at === 0 && !isBlank(bytes) ? 'its IPTC has no fields as IPTC has them' : undefined;
}

function lengthProblem(name: string, { length }: Uint8Array): string | undefined {
  return length > MAX_BLOCK_BYTES
    ? `expected at most ${MAX_BLOCK_BYTES} bytes of ${name} but received ${length}`
    : undefined;
}

function withoutStart(block: Uint8Array, start: Buffer): Buffer {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  return bytes.subarray(0, start.length).equals(start) ? bytes.subarray(start.length) : bytes;
}

/** Empty, or filled up: it says nothing. */
function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
