import { IMAGE_ID } from './image-row.js';
import { fieldReader } from './row-fields.js';
import { storableText } from './telling-text.js';

/** The name of a class of OpenImages. */
export interface ClassRow {
  /** Such as "/m/05z6w". */
  classId: string;
  name: string;
}

/** A class that a photo shows, or does not. */
export interface LabelRow {
  imageId: string;
  classId: string;
  /** False: it was looked for, mostly because a machine had said so, and is not there. */
  isThere: boolean;
}

/** What a person said of a photo. */
export interface CaptionRow {
  imageId: string;
  caption: string;
}

/** Columns without which a file tells of no labels. */
export const LABEL_COLUMNS = ['ImageID', 'LabelName', 'Confidence'];
/** Columns of the names of classes; the older files have no header. */
export const CLASS_COLUMNS = ['LabelName', 'DisplayName'];
/** The names that classes have: machine ids of Freebase and of Google's Knowledge Graph. */
export const CLASS_ID = /^\/[a-z]+\/[0-9a-z_]+$/;

/**
 * Machines' labels of less confidence are left out. People's have 1 (there) or 0 (looked for, not there). Our choice:
 * OpenImages says only that machines' labels are more often false.
 */
const MIN_CONFIDENCE = 0.8;

/** A class and its name, or why it can't be used. */
export function readClass(row: readonly string[]): ClassRow | string {
  if (row.length !== 2) return 'COLUMNS_WRONG';
  const [classId = '', name = ''] = row.map(storableText);
  if (!CLASS_ID.test(classId)) return 'CLASS_ID_INVALID';
  return name === '' ? 'NO_NAME' : { classId, name };
}

/**
 * Reads rows of labels, by people or machines, of whole images or of boxes in them.
 * @param header names of the columns
 * @returns a function from a row to the label, or to the reason why it can't be used
 */
export function labelReader(header: readonly string[]): (row: readonly string[]) => LabelRow | string {
  const field = fieldReader(header);
  return (row) => {
    if (row.length !== header.length) return 'COLUMNS_WRONG';
    const imageId = field(row, 'ImageID').toLowerCase();
    if (!IMAGE_ID.test(imageId)) return 'IMAGE_ID_INVALID';
    const classId = field(row, 'LabelName');
    if (!CLASS_ID.test(classId)) return 'CLASS_ID_INVALID';
    const confidence = field(row, 'Confidence');
    if (confidence === '' || !Number.isFinite(Number(confidence))) return 'CONFIDENCE_INVALID';
    const isThere = Number(confidence) > 0;
    return isThere && Number(confidence) < MIN_CONFIDENCE ? 'LABEL_UNSURE' : { imageId, classId, isThere };
  };
}

/** The caption of a line of Localized Narratives, with or without traces, or why it can't be used. */
export function readCaption(line: string): CaptionRow | string {
  let narrative: { image_id?: unknown; caption?: unknown } | null;
  try {
    narrative = JSON.parse(line) as typeof narrative;
  } catch {
    return 'NOT_JSON';
  }
  if (typeof narrative !== 'object' || narrative === null) return 'NOT_JSON';
  const imageId = String(narrative.image_id ?? '').toLowerCase();
  // Those of COCO, Flickr30k and ADE20K have other ids.
  if (!IMAGE_ID.test(imageId)) return 'IMAGE_ID_INVALID';
  const caption = typeof narrative.caption === 'string' ? storableText(narrative.caption) : '';
  return caption === '' ? 'NO_CAPTION' : { imageId, caption };
}
