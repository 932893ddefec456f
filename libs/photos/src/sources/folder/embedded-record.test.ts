import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { picture } from '../../testing/pictures.js';
import { iptcOf, properties, tagged, withBlock, xmpOf } from '../../testing/tagged-picture.js';
import { temporaryFolders } from '../../testing/temporary-folder.js';
import { readEmbeddedRecord, readXmpRecord } from './embedded-record.js';
import { emptyRecord } from './photo-record.js';
import { MAX_XMP_BYTES } from './xmp-fields.js';

const folders = temporaryFolders();
async function read(bytes: Buffer | string) {
  return readEmbeddedRecord(join(await folders.make({ 'a.jpg': bytes }), 'a.jpg'));
}
const by = 'https://creativecommons.org/licenses/by/4.0/';
const whole = xmpOf(
  properties({
    title: 'Käse &amp; Brot',
    creators: ['Ann', 'Bob'],
    license: by,
    keywords: ['cheese', 'bread'],
  }),
);

describe('readEmbeddedRecord', () => {
  it.each(['jpeg', 'png', 'webp', 'avif'] as const)('reads the XMP of a %s', async (format) => {
    const bytes = await sharp(await picture(1))
      .withXmp(whole)
      .toFormat(format)
      .toBuffer();
    expect(await read(bytes)).toEqual({
      record: {
        ...emptyRecord,
        title: 'Käse & Brot',
        author: 'Ann, Bob',
        licenseUrl: by,
        categories: ['cheese', 'bread'],
      },
    });
  });

  it('reads the artist and copyright of a camera, and prefers what people wrote', async () => {
    const exif = { Artist: 'Cam Owner', Copyright: 'CC0 1.0', ImageDescription: 'A street' };
    expect((await read(await tagged(1, undefined, exif))).record).toMatchObject({
      author: 'Cam Owner',
      license: 'CC0 1.0',
      description: 'A street',
    });
    const both = await read(await tagged(1, xmpOf(properties({ creators: ['Ann'] })), exif));
    expect(both.record).toMatchObject({ author: 'Ann', description: 'A street' });
  });

  it('reads the by-line of IPTC, and who is to be credited where none names the author', async () => {
    const plain: Buffer = await picture(1);
    const line = 'Ann / Agency';
    const ofIptc = (fields: Record<number, string>, jpeg = plain) =>
      read(withBlock(jpeg, 0xed, iptcOf(fields)));
    expect(await ofIptc({ 80: 'Ann', 110: line, 5: 'A street' })).toEqual({
      record: { ...emptyRecord, author: 'Ann', title: 'A street' },
    });
    expect((await ofIptc({ 110: line })).record.author).toBe(line);
    const credited = await tagged(1, xmpOf(properties({ credit: line })));
    expect((await read(credited)).record.author).toBe(line);
    expect((await ofIptc({ 80: 'Ann' }, credited)).record.author).toBe('Ann');
    const taken = await tagged(1, xmpOf(properties({ credit: line })), { Artist: 'Cam Owner' });
    expect((await read(taken)).record.author).toBe('Cam Owner');
  });

  it("takes the photo's own title only, not that of an ingredient", async () => {
    const ingredient =
      '<xmpMM:Pantry><rdf:Bag><rdf:li rdf:parseType="Resource"><dc:title>Other</dc:title></rdf:li></rdf:Bag></xmpMM:Pantry>';
    expect((await read(await tagged(1, xmpOf(ingredient)))).record).toEqual(emptyRecord);
  });

  it('reads properties written as attributes', () => {
    const xmp =
      '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:p="http://ns.adobe.com/photoshop/1.0/" p:Headline="Head"/></rdf:RDF>';
    expect(readXmpRecord(Buffer.from(xmp)).title).toBe('Head');
  });

  it('reads XMP that is not UTF-8 as the text of a Western machine', () => {
    const latin = Buffer.from(xmpOf(properties({ title: 'Käse' })).replace('\uFEFF', ''), 'latin1');
    expect(readXmpRecord(latin).title).toBe('Käse');
  });

  it('shortens what is too long for a title', async () => {
    const long = properties({ title: 'x'.repeat(9000), keywords: Array(99).fill('y'.repeat(200)) });
    const { record } = await read(await tagged(1, xmpOf(long)));
    expect(record.title).toHaveLength(300);
    expect(record.categories).toEqual(Array(50).fill('y'.repeat(100)));
  });

  it.each([
    ['cut off', whole.slice(0, 700)],
    ['no XML', 'hello'],
    [
      'an entity of its own',
      `<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>${whole.replace('Brot', '&b;')}`,
    ],
    ['nested without end', '<a>'.repeat(20_000)],
  ])('says that XMP can not be read: %s', async (_, xmp) => {
    const { record, problem } = await read(await tagged(1, xmp, { Artist: 'Ann' }));
    expect(record).toMatchObject({ author: 'Ann', title: '' });
    expect(problem).toContain('XMP');
  });

  it('does not even try to read a huge one', async () => {
    const huge = xmpOf(properties({ title: 'x'.repeat(MAX_XMP_BYTES) }));
    const png = await sharp(await picture(1))
      .withXmp(huge)
      .png()
      .toBuffer();
    expect((await read(png)).problem).toMatch(/expected at most 262144 bytes of XMP but received/);
  });

  const own = iptcOf({ 80: 'Ann', 116: 'CC BY-NC 4.0' });
  it.each<[string, 0xe1 | 0xed, Buffer, RegExp]>([
    ['of another kind', 0xe1, Buffer.from('Exif\0\0hello world'), /EXIF does not begin/],
    ['that is cut off', 0xe1, Buffer.from('Exif\0\0MM\0\x2a\0\0\0\x08'), /EXIF is cut off/],
    ['that is cut off', 0xed, own.subarray(0, -3), /IPTC is cut off/],
    ['without parts', 0xed, Buffer.from('Photoshop 3.0\0hello, whoever reads'), /IPTC is not in parts/],
    ['without fields', 0xed, Buffer.from(own).fill('x', own.indexOf(0x1c)), /IPTC has no fields/],
  ])('says that a block can not be read: one %s (0x%x)', async (_, marker, block, problem) => {
    const result = await read(withBlock(await picture(1), marker, block));
    expect(result.problem).toMatch(problem);
    expect(result.record).toEqual(emptyRecord);
  });

  it('reads the others where one block can not be read, and says so', async () => {
    const damaged = withBlock(await picture(1), 0xe1, Buffer.from('Exif\0\0hello world'));
    const { record, problem } = await read(withBlock(damaged, 0xed, own));
    expect(record).toMatchObject({ author: 'Ann', license: 'CC BY-NC 4.0' });
    expect(problem).toMatch(/EXIF/);
  });

  it.each<[string, 0xe1 | 0xed, Buffer]>([
    ['EXIF that says nothing', 0xe1, Buffer.from('Exif\0\0')],
    ['EXIF filled up', 0xe1, Buffer.from(`Exif\0\0${'\0'.repeat(20)}`)],
    ["Photoshop's block without IPTC", 0xed, own.subarray(0, own.lastIndexOf('8BIM'))],
    ['IPTC filled up', 0xed, Buffer.concat([own.subarray(0, own.lastIndexOf('8BIM')), Buffer.alloc(9)])],
  ])('finds no fault with %s', async (_, marker, block) => {
    expect(await read(withBlock(await picture(1), marker, block))).toEqual({ record: emptyRecord });
  });

  it('finds nothing in what is no picture, is empty, or has damaged EXIF and IPTC', async () => {
    expect(await read('hello')).toEqual({ record: emptyRecord });
    expect(await read('')).toEqual({ record: emptyRecord });
    const good = await tagged(1, undefined, { Artist: 'Ann', Copyright: 'CC0' });
    const at = good.indexOf('Exif\0\0');
    for (let index = 0; index < 60; index++) {
      const bad = Buffer.from(good);
      bad.fill(255 - index, at + 6 + index, at + 26 + index);
      expect(typeof (await read(bad)).record.author).toBe('string');
    }
  });

  const exiftool = spawnSync('exiftool', ['-ver']).status === 0;
  it.skipIf(!exiftool)(
    'reads what exiftool wrote: IPTC, EXIF and XMP (skipped where there is none)',
    async () => {
      const folder = await folders.make({ 'a.jpg': await picture(1), 'b.jpg': await picture(2) });
      const write = (name: string, ...tags: string[]) =>
        expect(spawnSync('exiftool', ['-q', '-overwrite_original', ...tags, join(folder, name)]).status).toBe(
          0,
        );
      write(
        'a.jpg',
        '-codedcharacterset=utf8',
        '-IPTC:By-line=Änn',
        '-IPTC:ObjectName=写真',
        '-IPTC:Keywords=cat',
        '-IPTC:Keywords=dog',
        '-EXIF:Artist=nobody',
        '-IPTC:CopyrightNotice=© 2020 Änn',
      );
      expect((await readEmbeddedRecord(join(folder, 'a.jpg'))).record).toEqual({
        ...emptyRecord,
        title: '写真',
        author: 'Änn',
        categories: ['cat', 'dog'],
      });
      write(
        'b.jpg',
        '-XMP-dc:Creator=Änn',
        '-XMP-xmpRights:UsageTerms=CC BY-SA 4.0',
        `-XMP-xmpRights:WebStatement=${by.replace('by', 'by-sa')}`,
      );
      const stated = { author: 'Änn', license: 'CC BY-SA 4.0', licenseUrl: by.replace('by', 'by-sa') };
      expect((await readEmbeddedRecord(join(folder, 'b.jpg'))).record).toMatchObject(stated);
      spawnSync('exiftool', [
        '-q',
        '-o',
        join(folder, 'b.xmp'),
        '-tagsfromfile',
        join(folder, 'b.jpg'),
        '-xmp:all',
      ]);
      expect(readXmpRecord(readFileSync(join(folder, 'b.xmp')))).toMatchObject(stated);
    },
  );
});
