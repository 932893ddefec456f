import { licenseVerdict, type LicenseWishes } from '@collage/licensing/compatibility.js';
import { licenseTerms } from '@collage/licensing/license-terms.js';
import { Credit } from '@collage/proto/collage/v1/photo.js';
import { skipped, type SkippedPhoto } from '../../photo-source.js';
import type { ApiPage, ImageInfo } from './api-answer.js';
import { authorOf } from './author-of.js';
import { metadataValue } from './extended-metadata.js';
import { licenseOf } from './license-of.js';
import { plainText } from './plain-text.js';
import { restrictionsOf, subjectWords } from './subject-words.js';

/** Where a file's picture is to be had at some size, in pixels. */
export interface PhotoAddress {
  address: string;
  width: number;
  height: number;
}

/** A file on Commons that may be used, before its bytes are fetched. */
export interface CommonsFile {
  /** With its namespace: "File:Penguin.jpg". */
  title: string;
  /** Of the original. */
  sha1: string;
  /** Of the original, in pixels, as displayed. */
  width: number;
  height: number;
  thumbnail: PhotoAddress;
  description: string;
  categories: string[];
  restrictions: string[];
  credit: Credit;
}

/** What a file has to be. */
export interface FileWishes {
  licenses: LicenseWishes;
  /** Pixels that the shorter side of the original needs. */
  minShortSide: number;
}

/** Kinds of photos, by what the original is; thumbnails of TIFF are JPEG. GIF and SVG are none. */
const PHOTO_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/tiff'];

/**
 * A file as its page describes it, or why it can't be used; needs no look at the picture itself.
 * @param apiAddress for addresses that leave out the protocol
 */
export function toCommonsFile(
  page: ApiPage,
  { licenses, minShortSide }: FileWishes,
  apiAddress: string,
): CommonsFile | SkippedPhoto {
  const { title, imageinfo: [info] = [] } = page;
  if (!info || info.filemissing || info.filehidden) {
    return skipped('FILE_MISSING', title, 'it was deleted, hidden or never there');
  }
  const { mime = 'no media type', width = 0, height = 0, sha1 = '', extmetadata = {} } = info;
  if (!PHOTO_TYPES.includes(mime)) {
    return skipped('FORMAT_NOT_ALLOWED', title, `expected ${PHOTO_TYPES.join(', ')} but received ${mime}`);
  }
  if (Math.min(width, height) < minShortSide) {
    return skipped(
      'TOO_SMALL',
      title,
      `expected at least ${minShortSide} px but received ${width} x ${height}`,
    );
  }
  const license = licenseOf(extmetadata);
  const verdict = licenseVerdict(license, licenses);
  if (!verdict.usable) return skipped(verdict.reason, title, verdict.detail);

  const sourceUrl = absolute(info.descriptionurl, apiAddress);
  const author = authorOf(extmetadata, sourceUrl);
  const isOwed = licenseTerms(license).attribution;
  if (isOwed && author.name === '' && metadataValue(extmetadata, 'AttributionRequired') !== 'false') {
    return skipped('NO_AUTHOR', title, `${license.name} asks for the author's name, and none is given`);
  }
  const thumbnail = thumbnailOf(info, apiAddress);
  if (!thumbnail) {
    return skipped('NO_THUMBNAIL', title, `the wiki can't scale it: ${info.thumberror ?? 'no reason given'}`);
  }
  const name = title.replace(/^[^:]*:/, '').replace(/\.[^.]+$/, '');
  return {
    title,
    sha1,
    width,
    height,
    thumbnail,
    ...subjectWords(extmetadata),
    restrictions: restrictionsOf(extmetadata),
    credit: Credit.fromPartial({
      title: plainText(metadataValue(extmetadata, 'ObjectName')) || name,
      author: author.name || 'unknown author',
      authorUrl: author.url,
      sourceUrl,
      license,
    }),
  };
}

/** The scaled picture, or the original where it is no wider than was asked for; nothing where neither can be shown. */
export function thumbnailOf(info: ImageInfo, apiAddress: string): PhotoAddress | undefined {
  const { thumburl, thumbwidth = 0, thumbheight = 0, url, width = 0, height = 0, mime } = info;
  if (thumburl) {
    return { address: absolute(thumburl, apiAddress), width: thumbwidth, height: thumbheight };
  }
  const isShown = url && !info.thumberror && mime !== 'image/tiff';
  return isShown ? { address: absolute(url, apiAddress), width, height } : undefined;
}

function absolute(address: string | undefined, base: string): string {
  return address !== undefined && URL.canParse(address, base) ? new URL(address, base).href : '';
}
