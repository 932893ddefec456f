import { crc32 } from 'node:zlib';

const PNG_START = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Signature, then the IHDR chunk: 4 bytes of length, 4 of type, 13 of data, 4 of checksum. */
const PNG_HEADER_BYTES = PNG_START.length + 25;
const JPEG_START = Buffer.from([0xff, 0xd8]);
const JPEG_XMP = Buffer.from('http://ns.adobe.com/xap/1.0/\0', 'latin1');
/** A segment's length has 16 bits and counts itself. */
const MAX_JPEG_SEGMENT_BYTES = 65_535 - 2;

/** What {@link writeXmp} can't do; the message says what was expected. */
export class XmpNotWrittenError extends Error {
  override readonly name = 'XmpNotWrittenError';
}

/**
 * Puts an XMP packet into an encoded picture that has none, as one of our own: the pixels are not touched, not even
 * decoded, and the same packet gives the same bytes. In a PNG it is the iTXt chunk behind the header, in a JPEG the APP1
 * segment behind the JFIF one (XMP specification part 3).
 * @param picture PNG or JPEG
 * @param xmp the packet; in a JPEG at most 65,504 bytes of UTF-8
 * @throws XmpNotWrittenError
 */
export function writeXmp(picture: Uint8Array, xmp: string): Buffer {
  const bytes = Buffer.from(picture.buffer, picture.byteOffset, picture.byteLength);
  const packet = Buffer.from(xmp, 'utf8');
  if (bytes.subarray(0, PNG_START.length).equals(PNG_START)) {
    return inserted(bytes, PNG_HEADER_BYTES, pngChunk(packet));
  }
  if (bytes.subarray(0, JPEG_START.length).equals(JPEG_START)) {
    return inserted(bytes, endOfJfif(bytes), jpegSegment(packet));
  }
  throw new XmpNotWrittenError('Expected a PNG or JPEG to write XMP into but received something else.');
}

function inserted(bytes: Buffer, at: number, part: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)]);
}

/** Keyword, no compression (two bytes), no language, no translated keyword. */
function pngChunk(packet: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from('iTXtXML:com.adobe.xmp\0\0\0\0\0', 'latin1'), packet]);
  const frame = Buffer.alloc(4);
  frame.writeUInt32BE(body.length - 4);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([frame, body, checksum]);
}

function jpegSegment(packet: Buffer): Buffer {
  const length = JPEG_XMP.length + packet.length;
  if (length > MAX_JPEG_SEGMENT_BYTES) {
    throw new XmpNotWrittenError(
      `Expected at most ${MAX_JPEG_SEGMENT_BYTES - JPEG_XMP.length} bytes of XMP for a JPEG but received ${packet.length}.`,
    );
  }
  const frame = Buffer.from([0xff, 0xe1, 0, 0]);
  frame.writeUInt16BE(length + 2, 2);
  return Buffer.concat([frame, JPEG_XMP, packet]);
}

/** Readers of JFIF want its segment first. */
function endOfJfif(bytes: Buffer): number {
  const hasJfif = bytes[2] === 0xff && bytes[3] === 0xe0;
  return hasJfif ? 4 + bytes.readUInt16BE(4) : JPEG_START.length;
}
