import sharp, { type Metadata } from 'sharp';
import { statedLicense } from './embedded-license.js';
import { readExifFields } from './exif-fields.js';
import { noFields, type MetadataFields } from './metadata-fields.js';
import { emptyRecord, webAddress, type PhotoRecord } from './photo-record.js';
import { exifProblem, iptcProblem } from './unreadable-blocks.js';
import { readXmpFields, XmpUnreadableError } from './xmp-fields.js';

// Its cache knows files by their names, and would not notice that one has changed.
sharp.cache(false);

/** What is kept of a text: more is no title. */
const MAX_CHARACTERS = { title: 300, author: 300, description: 2000, license: 500, keyword: 100 };
const MAX_KEYWORDS = 50;

/** What a photo says about itself. */
export interface EmbeddedRecord {
  record: PhotoRecord;
  /** Why a part of it can't be read, which may have said more; absent: nothing is hidden. */
  problem?: string;
}

/**
 * Reads what a picture file says about itself: its XMP first, then the binary IPTC block, then EXIF, field by field.
 * Only the file's header is read. Metadata that can't be understood is never an error: it counts as not there, and of a
 * block that can't be read at all that is said.
 * @param path a file of any kind; one that is no picture says nothing
 */
export async function readEmbeddedRecord(path: string): Promise<EmbeddedRecord> {
  let metadata: Metadata;
  try {
    metadata = await sharp(path, { failOn: 'none', limitInputPixels: false }).metadata();
  } catch {
    return { record: emptyRecord };
  }
  const { xmp, iptc, exif } = metadata;
  const blocks = [readExifFields(exif, iptc)];
  const problems = [exif && exifProblem(exif), iptc && iptcProblem(iptc)];
  try {
    if (xmp) blocks.unshift(readXmpFields(xmp));
  } catch (error) {
    if (!(error instanceof XmpUnreadableError)) throw error;
    problems.unshift(error.message);
  }
  const problem = problems.find((text) => text !== undefined);
  return { record: recordOf(blocks), ...(problem !== undefined && { problem }) };
}

/** The record of a `.xmp` file. @throws XmpUnreadableError */
export function readXmpRecord(bytes: Uint8Array): PhotoRecord {
  return recordOf([readXmpFields(bytes)]);
}

/** Field by field what the first block that says something says; the license from all of them together. */
function recordOf(blocks: readonly MetadataFields[]): PhotoRecord {
  const first = (
    name: 'title' | 'description' | 'author' | 'creditLine' | 'usageTerms' | 'licenseUrl' | 'pageUrl',
  ): string => blocks.map((block) => block[name]).find((text) => text !== '') ?? '';
  const keywords = blocks.map((block) => block.keywords).find((words) => words.length > 0) ?? [];
  const stated = statedLicense({
    ...noFields,
    usageTerms: first('usageTerms'),
    licenseUrl: first('licenseUrl'),
    notices: blocks.flatMap(({ notices }) => notices),
  });
  return {
    ...emptyRecord,
    title: first('title').slice(0, MAX_CHARACTERS.title),
    description: first('description').slice(0, MAX_CHARACTERS.description),
    author: (first('author') || first('creditLine')).slice(0, MAX_CHARACTERS.author),
    categories: keywords.slice(0, MAX_KEYWORDS).map((word) => word.slice(0, MAX_CHARACTERS.keyword)),
    license: stated.license.slice(0, MAX_CHARACTERS.license),
    licenseUrl: webAddress(stated.licenseUrl),
    sourceUrl: webAddress(first('pageUrl')),
  };
}
