import sharp, { type Metadata, type Sharp } from 'sharp';
import { PhotoUnreadableError } from './photo-unreadable-error.js';

/** More bytes than any camera's JPEG; a bound for memory. */
export const MAX_PHOTO_BYTES = 64 * 1024 * 1024;
/** 50 megapixels are 150 MB decoded; more would not leave the orchestrator within 1 GiB. */
export const MAX_PHOTO_PIXELS = 50_000_000;
const DECODING_SECONDS = 20;
/** SVG is left out on purpose: it can name other files, and it is no photo. */
const ALLOWED_FORMATS = ['jpeg', 'png', 'webp', 'avif', 'heif'];

/** libvips as sharp ships it reads AVIF, the other kind of HEIF, but not HEVC, which is under patents. */
const DECODES_HEVC = sharp.format.heif.input.fileSuffix?.includes('.heic') ?? false;

/** What a photo's header says, once its pixels were found to be whole. */
export interface PhotoHeader {
  /** By content, not by file name, such as "image/jpeg". */
  mediaType: string;
  /** Pixels, after EXIF orientation. */
  width: number;
  /** Pixels, after EXIF orientation. */
  height: number;
}

/**
 * Reads a photo's header, refuses what is no still photo or too large to decode, and then decodes it once
 * at the smallest size the format allows, so that a truncated or corrupt one is found now rather than in
 * the middle of a collage (8 ms for a 1,024 px JPEG).
 * Throws {@link PhotoUnreadableError}.
 */
export async function readPhoto(bytes: Uint8Array): Promise<PhotoHeader> {
  const metadata = await readMetadata(bytes);
  await decode(open(bytes).resize(32, 32, { fit: 'fill' }).raw());
  return {
    mediaType: mediaType(metadata),
    width: metadata.autoOrient.width,
    height: metadata.autoOrient.height,
  };
}

/**
 * A photo as models see it: EXIF orientation applied, converted from its own color profile to sRGB, scaled
 * down so that its longer side is at most `maxSide` pixels (never up), transparency laid on white, metadata
 * gone; as JPEG of quality 95 without chroma subsampling. Same bytes in, same bytes out.
 *
 * Convention: non-linear sRGB, 8 bit, three channels; pixels as displayed, first row on top.
 */
export async function photoForModel(bytes: Uint8Array, maxSide: number): Promise<Buffer> {
  if (!Number.isInteger(maxSide) || maxSide < 1) {
    throw new RangeError(`Expected a whole number from 1 for maxSide but received ${maxSide}`);
  }
  await readMetadata(bytes);
  return decode(
    open(bytes)
      .autoOrient()
      .resize(maxSide, maxSide, { fit: 'inside', withoutEnlargement: true })
      .toColorspace('srgb')
      .flatten({ background: '#fff' })
      .jpeg({ quality: 95, chromaSubsampling: '4:4:4' }),
  );
}

/** A decoder with every limit set. */
export function open(bytes: Uint8Array): Sharp {
  return sharp(bytes, { failOn: 'error', limitInputPixels: MAX_PHOTO_PIXELS });
}

/** The pixels of a pipeline; a decoder's failure becomes a {@link PhotoUnreadableError}. */
export async function decode(pipeline: Sharp): Promise<Buffer> {
  try {
    return await pipeline.timeout({ seconds: DECODING_SECONDS }).toBuffer();
  } catch (error) {
    throw new PhotoUnreadableError('DAMAGED', `The photo can't be decoded: ${firstLine(error)}`);
  }
}

/**
 * What a header says, of a still photo of an allowed format and size; its pixels are not looked at.
 * Throws {@link PhotoUnreadableError}.
 */
export async function readMetadata(bytes: Uint8Array): Promise<Metadata> {
  if (bytes.byteLength === 0) {
    throw new PhotoUnreadableError('EMPTY_FILE', 'The file is empty');
  }
  if (bytes.byteLength > MAX_PHOTO_BYTES) {
    throw new PhotoUnreadableError(
      'FILE_TOO_LARGE',
      `Expected at most ${MAX_PHOTO_BYTES} bytes but received ${bytes.byteLength}`,
    );
  }
  let metadata: Metadata;
  try {
    // The header alone, so that a picture with too many pixels is refused below by its numbers.
    metadata = await sharp(bytes, { failOn: 'error', limitInputPixels: false }).metadata();
  } catch (error) {
    throw new PhotoUnreadableError(
      'FORMAT_NOT_ALLOWED',
      `Expected ${ALLOWED_FORMATS.join(', ')} but received something else: ${firstLine(error)}`,
    );
  }
  const { format, width, height, pages = 1, compression } = metadata;
  if (!ALLOWED_FORMATS.includes(format)) {
    throw new PhotoUnreadableError(
      'FORMAT_NOT_ALLOWED',
      `Expected ${ALLOWED_FORMATS.join(', ')} but received ${format}`,
    );
  }
  if (compression === 'hevc' && !DECODES_HEVC) {
    throw new PhotoUnreadableError(
      'HEIC_NOT_SUPPORTED',
      'This is a HEIC photo, whose HEVC coding the installed libvips has no decoder for: export it as JPEG ' +
        '(an iPhone takes JPEGs under Settings, Camera, Formats, "Most Compatible")',
    );
  }
  if (pages > 1 && format !== 'heif') {
    throw new PhotoUnreadableError('ANIMATED', `Expected a still photo but received ${pages} frames`);
  }
  if (width * height > MAX_PHOTO_PIXELS) {
    throw new PhotoUnreadableError(
      'TOO_MANY_PIXELS',
      `Expected at most ${MAX_PHOTO_PIXELS} pixels but received ${width} x ${height}`,
    );
  }
  return metadata;
}

function mediaType({ format, compression }: Metadata): string {
  return format === 'heif' ? (compression === 'av1' ? 'image/avif' : 'image/heic') : `image/${format}`;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
