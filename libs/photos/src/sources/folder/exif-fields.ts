import ExifReader from 'exifreader';
import { noFields, type MetadataFields } from './metadata-fields.js';
import { EXIF_START, MAX_BLOCK_BYTES } from './unreadable-blocks.js';

const EXIF_TAGS = ['Artist', 'Copyright', 'ImageDescription', 'XPTitle', 'XPAuthor', 'XPComment'] as const;

/**
 * What the older kinds of metadata say about a photo: IPTC's binary block (by-line, headline, …) and EXIF (artist,
 * copyright), in this order, as the first is written by people and the second mostly by cameras. What can't be read
 * counts as not there: see `unreadable-blocks.ts`.
 * @param exif as a JPEG's APP1 segment or a PNG's eXIf chunk holds it
 * @param iptc as a JPEG's APP13 segment holds it
 */
export function readExifFields(exif: Uint8Array | undefined, iptc: Uint8Array | undefined): MetadataFields {
  const tags = read(exif, iptc);
  const ofExif = (name: (typeof EXIF_TAGS)[number]): string => words(tags.exif?.[name]?.description);
  const ofIptc = (name: string): string => words(tags.iptc?.[name]);
  return {
    ...noFields,
    title: ofIptc('Object Name') || ofIptc('Headline') || ofExif('XPTitle'),
    description: ofIptc('Caption/Abstract') || ofExif('ImageDescription') || ofExif('XPComment'),
    author: ofIptc('By-line') || ofExif('Artist') || ofExif('XPAuthor'),
    creditLine: ofIptc('Credit'),
    keywords: [tags.iptc?.['Keywords'] ?? []]
      .flat()
      .map(words)
      .filter((word) => word !== ''),
    notices: [ofIptc('Copyright Notice'), ofExif('Copyright')].filter((notice) => notice !== ''),
  };
}

interface Tags {
  exif?: Partial<Record<(typeof EXIF_TAGS)[number], { description: string }>>;
  iptc?: { [name: string]: unknown };
}

function read(exif: Uint8Array | undefined, iptc: Uint8Array | undefined): Tags {
  // The reader takes files: a JPEG of these two segments and no picture.
  const blocks = [...(exif ? [segment(0xe1, withStart(exif))] : []), ...(iptc ? [segment(0xed, iptc)] : [])];
  const file = Buffer.concat([Buffer.from([0xff, 0xd8]), ...blocks, Buffer.from([0xff, 0xd9])]);
  try {
    return ExifReader.load(file, {
      expanded: true,
      includeTags: { exif: [...EXIF_TAGS], iptc: true },
    }) as Tags;
  } catch {
    return {};
  }
}

function withStart(exif: Uint8Array): Buffer {
  const bytes = Buffer.from(exif);
  return bytes.subarray(0, EXIF_START.length).equals(EXIF_START) ? bytes : Buffer.concat([EXIF_START, bytes]);
}

/** A block that no JPEG could hold is left out. */
function segment(marker: number, data: Uint8Array): Buffer {
  if (data.length > MAX_BLOCK_BYTES) return Buffer.alloc(0);
  const frame = Buffer.from([0xff, marker, 0, 0]);
  frame.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([frame, data]);
}

/** A tag's text: several values of an IPTC dataset are joined. */
function words(tag: unknown): string {
  const texts = [tag]
    .flat()
    .map((value) =>
      typeof value === 'string'
        ? value
        : String((value as { description?: unknown } | undefined)?.description ?? ''),
    );
  return texts
    .map((text) => text.replaceAll('\0', ' ').trim())
    .filter(Boolean)
    .join(', ');
}
