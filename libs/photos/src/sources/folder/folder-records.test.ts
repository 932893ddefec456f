import { describe, expect, it } from 'vitest';
import { temporaryFolders } from '../../testing/temporary-folder.js';
import { readFolderRecords } from './folder-records.js';
import { listFiles } from './list-files.js';
import { mergeRecords } from './photo-record.js';

const folders = temporaryFolders();

async function records(files: Record<string, string>) {
  const { files: listed } = await listFiles(await folders.make(files));
  const photos = [...listed.keys()].filter((name) => name.endsWith('.jpg'));
  const { records: read, skipped } = await readFolderRecords(listed, photos);
  const said = [...read].filter(([, { own, folder }]) => own.length > 0 || folder);
  const found = new Map(said.map(([name, { own, folder }]) => [name, mergeRecords(own, folder)]));
  return { found, reasons: skipped.map(({ reason, name }) => `${reason} ${name}`) };
}

describe('readFolderRecords', () => {
  it('understands both spellings of license and both styles of names', async () => {
    const { found } = await records({
      'a.jpg': '',
      'a.jpg.json': '{"license": "CC0", "license_url": "https://x.org/0", "author_url": "https://x.org/me"}',
      'b.jpg': '',
      'b.json':
        '\uFEFF{"licence": " CC BY 4.0 ", "licenceUrl": "https://x.org/4", "sourceUrl": "https://x.org/b"}',
    });
    expect(found.get('a.jpg')).toMatchObject({
      license: 'CC0',
      licenseUrl: 'https://x.org/0',
      authorUrl: 'https://x.org/me',
    });
    expect(found.get('b.jpg')).toMatchObject({
      license: 'CC BY 4.0',
      licenseUrl: 'https://x.org/4',
      sourceUrl: 'https://x.org/b',
    });
  });

  it('lets a manifest speak for the folders below it, and prefers it to a sidecar', async () => {
    const { found, reasons } = await records({
      'manifest.jsonl': '{"file": "sub/a.jpg", "author": "Ann", "license": "CC0"}\r\n\r\n',
      'sub/a.jpg': '',
      'sub/a.json': '{"author": "Bob", "license": "CC0"}',
      'sub/more/manifest.jsonl': '{"file": "b.jpg", "author": "Cem", "license": "CC0"}',
      'sub/more/b.jpg': '',
    });
    expect(found.get('sub/a.jpg')!.author).toBe('Ann');
    expect(found.get('sub/more/b.jpg')!.author).toBe('Cem');
    expect(reasons).toEqual([]);
  });

  it('takes license and author from the nearest license.json where a photo has none of its own', async () => {
    const { found } = await records({
      'license.json': '{"license": "CC BY 4.0", "author": "Me", "title": "not yours"}',
      'a.jpg': '',
      'b.jpg': '',
      'b.json': '{"title": "My cat", "author": "My sister"}',
      'c.jpg': '',
      'c.json': '{"license": "CC0"}',
      'theirs/license.json': '{"licence": "CC0", "author": "Them"}',
      'theirs/deep/d.jpg': '',
    });
    expect(found.get('a.jpg')).toMatchObject({ title: '', license: 'CC BY 4.0', author: 'Me' });
    expect(found.get('b.jpg')).toMatchObject({ title: 'My cat', license: 'CC BY 4.0', author: 'My sister' });
    expect(found.get('c.jpg')).toMatchObject({ license: 'CC0', author: '' });
    expect(found.get('theirs/deep/d.jpg')).toMatchObject({ license: 'CC0', author: 'Them' });
  });

  it('knows nothing of a photo that nobody describes', async () => {
    expect((await records({ 'a.jpg': '' })).found.size).toBe(0);
  });

  it('counts manifest lines it can not use, by their numbers, and reads the others', async () => {
    const lines = [
      '{"file": "a.jpg", "license": "CC0"}',
      'not JSON',
      '["a list"]',
      '{"title": "no file"}',
      '',
      '{"file": "../outside.jpg", "license": "CC0"}',
      '{"file": "/etc/passwd", "license": "CC0"}',
      String.raw`{"file": "..\\outside.jpg"}`,
      '{"file": "gone.jpg", "license": "CC0"}',
      '{"file": "a.jpg", "license": "CC BY 4.0"}',
      '{"file": "b.jpg", "license": 7, "categories": "x", "author": null}',
      '{"file": "c.jpg", "lic',
    ];
    const { found, reasons } = await records({
      'manifest.jsonl': lines.join('\n'),
      'a.jpg': '',
      'b.jpg': '',
      'c.jpg': '',
    });
    expect(reasons).toEqual([
      'MANIFEST_LINE_INVALID manifest.jsonl:2',
      'MANIFEST_LINE_INVALID manifest.jsonl:3',
      'MANIFEST_LINE_INVALID manifest.jsonl:4',
      'PATH_OUTSIDE_FOLDER manifest.jsonl:6',
      'PATH_OUTSIDE_FOLDER manifest.jsonl:7',
      'PATH_OUTSIDE_FOLDER manifest.jsonl:8',
      'FILE_MISSING manifest.jsonl:9',
      'MANIFEST_LINE_INVALID manifest.jsonl:10',
      'MANIFEST_LINE_INVALID manifest.jsonl:12',
    ]);
    expect([...found.keys()]).toEqual(['a.jpg', 'b.jpg']);
    expect(found.get('b.jpg')).toMatchObject({ license: '', categories: [], author: '' });
  });

  it('counts sidecars and folder licenses that are no JSON objects', async () => {
    const files = { 'a.jpg': '', 'a.json': '{', 'license.json': '"CC0"' };
    const { found, reasons } = await records(files);
    expect(found.size).toBe(0);
    expect(reasons).toEqual(['LICENSE_FILE_INVALID license.json', 'SIDECAR_INVALID a.json']);
  });

  it('does not put a folder license in the place of a sidecar it can not read', async () => {
    const license = '{"license": "CC0", "author": "Me"}';
    const { found } = await records({ 'a.jpg': '', 'b.jpg': '', 'a.json': '{', 'license.json': license });
    expect([...found.keys()]).toEqual(['b.jpg']);
  });

  it('takes nothing but web addresses as links', async () => {
    const { found } = await records({
      'a.jpg': '',
      'a.json': '{"license": "CC0", "source_url": "javascript:alert(1)", "author_url": "HTTPS://x.org"}',
    });
    expect(found.get('a.jpg')).toMatchObject({ sourceUrl: '', authorUrl: 'HTTPS://x.org' });
  });
});
