import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { Collage } from '@collage/proto/collage/v1/collage.js';
import { paintPhoto, paintPhotos } from './painted-photos.js';
import { pngHeader } from './png-header.js';
import { canRun, runCli } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'collage-bad-'));
const data = join(folder, 'data');
const out = join(folder, 'out');
/** An address nobody answers at: a run that reaches for the sidecar fails. */
const noSidecar = { INFERENCE_ADDRESSES: '127.0.0.1:1' };

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function emptyFolder(name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}

describe.skipIf(!canRun)('bad input ends with a clear line and an exit code', { timeout: 180_000 }, () => {
  const cases: [string, string[], number, RegExp][] = [
    ['an empty prompt', [''], 2, /Expected a prompt .* received ""/],
    ['no prompt at all', [], 2, /Expected a prompt/],
    ['a prompt of punctuation', ['?!'], 2, /Expected a prompt/],
    ['a prompt of 10,000 characters', ['cat '.repeat(2500)], 2, /1,?000 characters.*10,?000/],
    ['a missing folder', ['a cat', '--photos', join(folder, 'nowhere')], 2, /nowhere/],
    ['a file for a folder', ['a cat', '--photos', import.meta.filename], 2, /folder/],
    ['an unknown option', ['a cat', '--colour', 'red'], 2, /unknown option '--colour'/],
    ['a size too large', ['a cat', '--size', '9000'], 2, /from 64 to 4096 for heightPixels .* 9000/],
    ['an unknown license', ['a cat', '--licenses', 'all-mine'], 2, /all-mine/],
  ];
  it.each(cases)('%s', async (_, args, code, message) => {
    const end = await runCli([...args, '--out', out], data, noSidecar);
    expect(end.stdout + end.stderr).toMatch(message);
    expect(end.stdout + end.stderr).not.toContain('    at ');
    expect(end.code).toBe(code);
    expect(existsSync(out)).toBe(false);
  });

  it('a folder without photos', async () => {
    const end = await runCli(
      ['a cat', '--photos', emptyFolder('empty'), '--out', join(folder, 'o1')],
      data,
      noSidecar,
    );
    expect(end.stdout + end.stderr).toMatch(/no picture in it/);
    expect(end.code).toBe(2);
  });

  it('a folder whose photos have no license: none is used, and each is counted', async () => {
    const photos = emptyFolder('unlicensed');
    for (const index of [0, 1]) writeFileSync(join(photos, `${index}.jpg`), await paintPhoto(index));
    const end = await runCli(['a cat', '--photos', photos, '--out', join(folder, 'o2')], data, noSidecar);
    expect(end.stdout + end.stderr).toMatch(/No photos found .*2 were left out/);
    expect(end.stdout + end.stderr).toContain('2 x NO_LICENSE, ');
    expect(end.code).toBe(3);
  });

  it('a wrong setting', async () => {
    const end = await runCli(['a cat'], data, { THREADS: 'many' });
    expect(end.stdout + end.stderr).toContain('THREADS');
    expect(end.code).toBe(2);
  });

  it('a sidecar that is not there', async () => {
    await paintPhotos(join(folder, 'good'), 2);
    const args = ['a disk', '--photos', join(folder, 'good'), '--out', join(folder, 'o3')];
    const end = await runCli(args, data, noSidecar);
    expect(end.stdout + end.stderr).toContain('127.0.0.1:1');
    expect(end.code).toBe(4);
  });
});

describe.skipIf(!canRun)('bad photos among good ones', { timeout: 180_000 }, () => {
  it('are left out and counted, the rest makes a collage; EXIF rotation is honored', async () => {
    const photos = join(folder, 'mixed');
    await paintPhotos(photos, 4);
    const whole = await paintPhoto(4);
    writeFileSync(join(photos, 'corrupt.jpg'), whole.subarray(0, whole.length / 2));
    writeFileSync(join(photos, 'bomb.png'), pngHeader(30_000, 30_000));
    writeFileSync(
      join(photos, 'drawing.jpg'),
      '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400"/>',
    );
    writeFileSync(join(photos, 'tiny.jpg'), await sharp(whole).resize(50).jpeg().toBuffer());
    writeFileSync(
      join(photos, 'turned.jpg'),
      await sharp(await paintPhoto(5))
        .withMetadata({ orientation: 6 })
        .toBuffer(),
    );
    const args = ['disks', '--photos', photos, '--out', join(folder, 'o4')];
    const read = (name: string) =>
      Collage.fromJSON(JSON.parse(readFileSync(join(folder, 'o4', name, 'collage.json'), 'utf8')));

    expect((await runCli([...args, '--stop-after', 'photos'], data)).code).toBe(0);
    const found = read('disks-1-photos');
    expect(found.photos.find(({ sourceId }) => sourceId.includes('turned'))).toMatchObject({
      width: 360,
      height: 480,
    });

    const small = '--layouts 2 --variations 7 --iterations 1 --background-iterations 1 --size 120x80'.split(
      ' ',
    );
    const end = await runCli([...args, ...small], data);
    expect(end.code, end.stdout + end.stderr).toBe(0);
    const skipped = read('disks-1')
      .skipped.flatMap(({ examples }) => examples)
      .join(' ');
    for (const name of ['corrupt.jpg', 'bomb.png', 'drawing.jpg', 'tiny.jpg'])
      expect(skipped).toContain(name);
  });

  it('one cut-out makes a collage, as JPEG where that is asked', async () => {
    const photos = join(folder, 'one');
    await paintPhotos(photos, 1);
    const small =
      '--layouts 2 --variations 7 --iterations 1 --background-iterations 1 --size 120x80 --format jpeg'.split(
        ' ',
      );
    const end = await runCli(['a disk', '--photos', photos, '--out', join(folder, 'o5'), ...small], data);
    expect(end.code, end.stdout + end.stderr).toBe(0);
    const { format, width } = await sharp(join(folder, 'o5', 'a-disk-1', 'collage.jpg')).metadata();
    expect([format, width]).toEqual(['jpeg', 120]);
  });

  it('photos in which nothing stands out: says so and what to try', async () => {
    const photos = emptyFolder('flat');
    const flat = sharp({ create: { width: 400, height: 400, channels: 3, background: '#8899aa' } });
    writeFileSync(join(photos, 'flat.jpg'), await flat.jpeg().toBuffer());
    writeFileSync(join(photos, 'license.json'), JSON.stringify({ license: 'CC0', author: 'A Painter' }));
    const end = await runCli(['a cat', '--photos', photos, '--out', join(folder, 'o6')], data);
    expect(end.stdout + end.stderr).toMatch(/No cut-outs found: .*try/);
    expect(end.code).toBe(3);
  });
});
