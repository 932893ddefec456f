import { licenseVerdict } from '@collage/licensing/compatibility.js';
import { parseLicense } from '@collage/licensing/license.js';
import { fieldReader } from './row-fields.js';
import { storableText } from './telling-text.js';

/** A photo as OpenImages lists it; null where it says nothing. */
export interface ImageRow {
  imageId: string;
  subset: string;
  originalUrl: string;
  landingUrl: string;
  licenseUrl: string;
  author: string | null;
  authorUrl: string | null;
  title: string | null;
  /** Bytes. */
  originalSize: number | null;
  originalMd5: string | null;
  thumbnailUrl: string | null;
  /** Degrees counter-clockwise by which the original must be turned. */
  rotation: number | null;
}

/** Columns without which a file is no list of images. */
export const IMAGE_COLUMNS = ['ImageID', 'OriginalURL', 'OriginalLandingURL', 'License'];

export const IMAGE_ID = /^[0-9a-f]{16}$/;

/**
 * Reads the rows of a list of images, of which the files of OpenImages have twelve columns.
 * @param header names of the columns, in any order
 * @returns a function from a row to what it lists, or to the reason why that can't be used
 */
export function imageReader(header: readonly string[]): (row: readonly string[]) => ImageRow | string {
  const field = fieldReader(header);
  const verdicts = new Map<string, string>();
  return (row) => {
    if (row.length !== header.length) return 'COLUMNS_WRONG';
    const imageId = field(row, 'ImageID').toLowerCase();
    if (!IMAGE_ID.test(imageId)) return 'IMAGE_ID_INVALID';
    const licenseUrl = field(row, 'License');
    const refusal = verdicts.get(licenseUrl) ?? refusalOf(licenseUrl);
    // There are a handful of licenses; a damaged column must not fill the memory.
    if (verdicts.size < 1000) verdicts.set(licenseUrl, refusal);
    if (refusal !== '') return refusal;
    const originalUrl = field(row, 'OriginalURL');
    if (originalUrl === '') return 'NO_ADDRESS';
    if (!isWebAddress(originalUrl)) return 'ADDRESS_INVALID';
    const landingUrl = field(row, 'OriginalLandingURL');
    if (!isWebAddress(landingUrl)) return 'NO_SOURCE_PAGE';
    const orNull = (text: string): string | null => storableText(text) || null;
    const address = (text: string): string | null => (isWebAddress(text) ? text : null);
    const md5 = field(row, 'OriginalMD5');
    return {
      imageId,
      subset: field(row, 'Subset'),
      originalUrl,
      landingUrl,
      licenseUrl,
      author: orNull(field(row, 'Author')),
      authorUrl: address(field(row, 'AuthorProfileURL')),
      title: orNull(field(row, 'Title')),
      originalSize: sizeOf(field(row, 'OriginalSize')),
      originalMd5: /^[A-Za-z0-9+/]{22}==$/.test(md5) ? md5 : null,
      thumbnailUrl: address(field(row, 'Thumbnail300KURL')),
      rotation: rotationOf(field(row, 'Rotation')),
    };
  };
}

/** Why a photo under this license can never be part of a collage; empty where it can. */
function refusalOf(licenseUrl: string): string {
  const verdict = licenseVerdict(parseLicense(licenseUrl), { noncommercialAllowed: true });
  return verdict.usable ? '' : verdict.reason;
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\/[^\s/]/i.test(text) && URL.canParse(text);
}

function sizeOf(text: string): number | null {
  const size = Number(text);
  return text !== '' && Number.isSafeInteger(size) && size > 0 ? size : null;
}

/** "90.0" is 90; anything but quarter turns is not known. */
function rotationOf(text: string): number | null {
  const degrees = text === '' ? NaN : Number(text);
  return [0, 90, 180, 270].includes(degrees) ? degrees : null;
}
