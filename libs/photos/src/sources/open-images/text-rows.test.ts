import { describe, expect, it } from 'vitest';
import { labelReader, readCaption, readClass } from './text-rows.js';
import { isTelling, storableText } from './telling-text.js';

describe('a row of texts', () => {
  it('names a class', () => {
    expect(readClass(['/m/05z6w', 'Penguin'])).toEqual({ classId: '/m/05z6w', name: 'Penguin' });
    expect(readClass(['LabelName', 'DisplayName'])).toBe('CLASS_ID_INVALID');
    expect(readClass(['/m/05z6w', ' '])).toBe('NO_NAME');
    expect(readClass(['/m/05z6w'])).toBe('COLUMNS_WRONG');
  });

  it.each([
    ['by a person, there', '1', { imageId: '4fa8054781a4c382', classId: '/m/05z6w', isThere: true }],
    ['by a machine that is sure', '0.8', { imageId: '4fa8054781a4c382', classId: '/m/05z6w', isThere: true }],
    ['by a machine that is not', '0.7', 'LABEL_UNSURE'],
    ['by a person, not there', '0', { imageId: '4fa8054781a4c382', classId: '/m/05z6w', isThere: false }],
    ['without confidence', '', 'CONFIDENCE_INVALID'],
  ])('labels a photo %s', (_, confidence, expected) => {
    const read = labelReader(['ImageID', 'Source', 'LabelName', 'Confidence']);
    expect(read(['4fa8054781a4c382', 'verification', '/m/05z6w', confidence])).toEqual(expected);
  });

  it.each([
    [
      '{"dataset_id":"x","image_id":"4fa8054781a4c382","annotator_id":1,"caption":"In this image\\nwe see."}',
      undefined,
    ],
    ['{"image_id":"139","caption":"A photo of COCO."}', 'IMAGE_ID_INVALID'],
    ['{"image_id":"4fa8054781a4c382"}', 'NO_CAPTION'],
    ['{"image_id":"4fa8', 'NOT_JSON'],
    ['null', 'NOT_JSON'],
  ])('tells of a photo in %s', (line, reason) => {
    expect(readCaption(line)).toEqual(
      reason ?? { imageId: '4fa8054781a4c382', caption: 'In this image we see.' },
    );
  });
});

describe('a text', () => {
  it('is stored on one line, composed and short enough for the sidecar', () => {
    expect(storableText('  Cafe\u0301\n\tau  lait \0')).toBe('Café au lait');
    expect(storableText('word '.repeat(300))).toBe('word '.repeat(200).trim());
    expect(storableText('x'.repeat(2000))).toHaveLength(1000);
    expect(storableText(`${'x'.repeat(999)}🐧`)).toBe('x'.repeat(999));
  });

  it.each(['Three boys on a hill', 'Penguin 2', '富士山', 'Ёлка', 'IMG_1234 sunset'])(
    '%j tells something',
    (title) => {
      expect(isTelling(title)).toBe(true);
    },
  );

  it.each(['_GUT6674', 'IMG_1234', 'DSC 0042 (2)', '2010-11-28', '...', 'Untitled', 'P1010234', ''])(
    '%j tells nothing',
    (title) => {
      expect(isTelling(title)).toBe(false);
    },
  );
});
