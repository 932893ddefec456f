import { execFileSync } from 'node:child_process';
import { access, chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '@collage/blobs/blob-store.js';
import { collect, queryFor } from '../../testing/findings.js';
import { picture } from '../../testing/pictures.js';
import { temporaryFolders } from '../../testing/temporary-folder.js';
import type { StarterPackage } from './starter-package.js';
import { STARTER_PACKAGES } from './starter-packages.js';
import { starterSource, type StarterOptions } from './starter-source.js';

const folders = temporaryFolders();
const HOUR_MS = 3_600_000;

const credit = {
  title: 'A cat',
  description: 'Face of a cat',
  author: 'Ann',
  license: 'CC0 1.0',
  sourceUrl: 'https://example.org/cat',
  categories: 'cat, animal',
};

/** A wheel with two photos, of which one is another than expected, and a Debian package with one. */
async function packages(): Promise<{ packages: StarterPackage[]; wheel: Uint8Array; photo: Buffer }> {
  const [cat, dog, changed] = await Promise.all([picture(1), picture(2), picture(3)]);
  const photos = [
    { ...credit, file: 'cat.jpg', sha256: sha256Hex(cat!) },
    { ...credit, file: 'dog.jpg', title: 'A dog', sha256: sha256Hex(dog!) },
    { ...credit, file: 'gone.jpg', sha256: sha256Hex(dog!) },
  ];
  const bird = { ...credit, file: 'bird.jpg', title: 'A bird', sha256: sha256Hex(dog!) };
  return {
    packages: [
      { name: 'samples', kind: 'wheel', version: '1.0', sets: [{ name: 'data', folder: 'in/it', photos }] },
      { name: 'birds', kind: 'deb', sets: [{ name: 'birds', folder: 'usr/share', photos: [bird] }] },
    ],
    wheel: zipSync({ 'in/it/cat.jpg': cat!, 'in/it/dog.jpg': changed!, 'elsewhere.txt': Buffer.from('x') }),
    photo: dog!,
  };
}

/** Programs of ours in the places of pip, apt-get and dpkg-deb; each run adds a line to `calls`. */
async function programs(scripts: { python?: string; aptGet?: string; dpkgDeb?: string }) {
  const folder = await folders.make({ calls: '' });
  const { packages: starters, wheel, photo } = await packages();
  await writeFile(join(folder, 'samples.whl'), wheel);
  await writeFile(join(folder, 'bird.jpg'), photo);
  for (const [name, body] of Object.entries(scripts)) {
    const path = join(folder, name);
    await writeFile(path, `#!/bin/sh\necho "${name} $*" >> ${folder}/calls\ncd_to=${folder}\n${body}\n`);
    await chmod(path, 0o755);
  }
  const options: StarterOptions = {
    cacheFolder: join(folder, 'cache'),
    packages: starters,
    python: join(folder, 'python'),
    aptGet: join(folder, 'aptGet'),
    dpkgDeb: join(folder, 'dpkgDeb'),
  };
  const calls = async () => (await readFile(join(folder, 'calls'), 'utf8')).split('\n').filter(Boolean);
  return { folder, options, calls };
}

const find = (options: StarterOptions, signal?: AbortSignal) =>
  collect(starterSource(options).find(queryFor(), signal));

/** pip's `--dest` is the last but one of its arguments. */
const PIP = 'for last; do dest=$before; before=$last; done; cp $cd_to/samples.whl "$dest"';
const APT = 'touch birds_1_all.deb';
const DPKG = 'mkdir -p "$3/usr/share" && cp $cd_to/bird.jpg "$3/usr/share/"';

describe('starterSource', () => {
  it('downloads packages once, with progress, and is offline from then on', async () => {
    const { options, calls } = await programs({ python: PIP, aptGet: APT, dpkgDeb: DPKG });
    const first = await find(options);
    expect(first.names).toEqual(['birds/birds-bird.jpg', 'samples/data-cat.jpg']);
    expect(first.photos[1]!.photo).toMatchObject({
      source: 'starter',
      description: 'Face of a cat',
      categories: ['cat', 'animal'],
      credit: {
        title: 'A cat',
        author: 'Ann',
        sourceUrl: 'https://example.org/cat',
        license: { id: 'CC0-1.0' },
      },
    });
    expect(first.progress.map(({ done, total }) => `${done}/${total}`)).toEqual(['0/2', '1/2', '1/2', '2/2']);
    expect(await calls()).toHaveLength(3);

    const second = await find(options);
    expect(await calls()).toHaveLength(3);
    expect(second.names).toEqual(first.names);
    expect(second.progress).toEqual([]);
    expect(second.reasons).toEqual(first.reasons);
  });

  it('skips photos that are others than those it knows, and those that are gone', async () => {
    const { options } = await programs({ python: PIP, aptGet: APT, dpkgDeb: DPKG });
    expect((await find(options)).reasons).toEqual([
      'DIGEST_MISMATCH samples/data-dog.jpg',
      'FILE_MISSING samples/data-gone.jpg',
    ]);
  });

  it('leaves nothing but the photos in its cache', async () => {
    const { folder, options } = await programs({ python: PIP, aptGet: APT, dpkgDeb: DPKG });
    await find(options);
    const left = (await readdir(join(folder, 'cache'), { recursive: true })).toSorted();
    expect(left).toEqual([
      'birds.json',
      'photos',
      'photos/birds',
      'photos/birds/birds-bird.jpg',
      'photos/birds/manifest.jsonl',
      'photos/samples',
      'photos/samples/data-cat.jpg',
      'photos/samples/manifest.jsonl',
      'samples.json',
    ]);
  });

  it('goes on without apt, says so, and asks again as soon as it is there', async () => {
    const { folder, options } = await programs({ python: PIP });
    const without = await find(options);
    expect(without.names).toEqual(['samples/data-cat.jpg']);
    expect(without.skipped).toContainEqual({
      kind: 'skipped',
      reason: 'STARTER_PACKAGE_UNAVAILABLE',
      name: 'birds',
      detail: `its photos can't be had: ${folder}/aptGet: is not installed`,
    });
    expect((await find(options)).reasons).toEqual(without.reasons);
    for (const [name, body] of [
      ['aptGet', APT],
      ['dpkgDeb', DPKG],
    ] as const) {
      await writeFile(join(folder, name), `#!/bin/sh\ncd_to=${folder}\n${body}\n`);
      await chmod(join(folder, name), 0o755);
    }
    expect((await find(options)).names).toContain('birds/birds-bird.jpg');
  });

  it('goes on without the network, says so, and asks again after an hour', async () => {
    const { options, calls } = await programs({
      python: 'echo "no route to host" >&2; exit 1',
      aptGet: APT,
      dpkgDeb: DPKG,
    });
    let now = 0;
    const offline = { ...options, now: () => now };
    const { names, skipped } = await find(offline);
    expect(names).toEqual(['birds/birds-bird.jpg']);
    expect(skipped[0]!.detail).toContain('ended with 1: no route to host');
    now = HOUR_MS - 1;
    expect((await find(offline)).reasons).toEqual(['STARTER_PACKAGE_UNAVAILABLE samples']);
    expect(await calls()).toHaveLength(3);
    now = HOUR_MS;
    await find(offline);
    expect((await calls()).filter((call) => call.startsWith('python'))).toHaveLength(2);
  });

  it('finds nothing, and does not fail, where nothing can be had', async () => {
    const { options } = await programs({});
    const { names, reasons } = await find(options);
    expect(names).toEqual([]);
    expect(reasons).toEqual(['STARTER_PACKAGE_UNAVAILABLE samples', 'STARTER_PACKAGE_UNAVAILABLE birds']);
  });

  it('fetches package lists of its own where the system has none', async () => {
    const { folder, options, calls } = await programs({
      python: PIP,
      // Knows packages only by lists below the current folder, which an update fetches.
      aptGet: `case "$*" in
        *"Lists=$PWD/lists"*" update") touch lists/here;;
        *"Lists=$PWD/lists"*" download birds") test -f lists/here && ${APT};;
        *) echo "Unable to locate package" >&2; exit 100;;
      esac`,
      dpkgDeb: DPKG,
    });
    expect((await find(options)).names).toContain('birds/birds-bird.jpg');
    expect((await calls()).filter((call) => call.startsWith('aptGet'))).toHaveLength(3);
    await expect(access(join(folder, 'lists'))).rejects.toThrow('ENOENT');
  });

  it('ends a download when told to, and begins again next time', async () => {
    const { folder, options } = await programs({ python: 'sleep 60', aptGet: APT, dpkgDeb: DPKG });
    const stop = new AbortController();
    const start = performance.now();
    setTimeout(() => stop.abort(new Error('enough')), 300);
    await expect(find(options, stop.signal)).rejects.toThrow('enough');
    expect(performance.now() - start).toBeLessThan(5000);
    expect(await readdir(join(folder, 'cache'))).toEqual([]);
    await writeFile(join(folder, 'python'), `#!/bin/sh\ncd_to=${folder}\n${PIP}\n`);
    expect((await find(options)).names).toContain('samples/data-cat.jpg');
  });

  it('downloads again when this program wants other photos', async () => {
    const { options, calls } = await programs({ python: PIP, aptGet: APT, dpkgDeb: DPKG });
    await find(options);
    const [samples, birds] = options.packages!;
    const renamed = { ...birds!, sets: birds!.sets.map((set) => ({ ...set, name: 'wild' })) };
    const { names, reasons } = await find({ ...options, packages: [samples!, renamed] });
    expect(names).toEqual(['birds/wild-bird.jpg', 'samples/data-cat.jpg']);
    expect(reasons).toEqual(['DIGEST_MISMATCH samples/data-dog.jpg', 'FILE_MISSING samples/data-gone.jpg']);
    expect((await calls()).filter((call) => call.startsWith('python'))).toHaveLength(1);
  });
});

describe('the real starter photos', () => {
  const hasPip = succeeds('python3', ['-m', 'pip', '--version']);
  const hasApt = succeeds('apt-get', ['--version']) && succeeds('dpkg-deb', ['--version']);

  it.skipIf(!hasPip).for([
    { kind: 'wheel', least: 10 },
    { kind: 'deb', least: 80 },
  ] as const)(
    'are at least $least from $kind packages',
    { timeout: 300_000 },
    async ({ kind, least }, context) => {
      if (kind === 'deb' && !hasApt) {
        context.skip('NOT tested: there is no apt here');
      }
      const cacheFolder = await folders.make();
      const wanted = STARTER_PACKAGES.filter((starter) => starter.kind === kind);
      const source = starterSource({ cacheFolder, python: 'python3', packages: wanted });
      const { photos, skipped } = await collect(source.find(queryFor([], 1000)));
      const unavailable = skipped.find(({ reason }) => reason === 'STARTER_PACKAGE_UNAVAILABLE');
      if (unavailable) {
        context.skip(`NOT tested: ${unavailable.name}: ${unavailable.detail}`);
      }
      expect(photos.length).toBeGreaterThanOrEqual(least);
      for (const { photo } of photos) {
        const { title, author, license, sourceUrl } = photo.credit!;
        expect([title, author, license!.id, photo.description].every(Boolean), photo.sourceId).toBe(true);
        expect(sourceUrl).toMatch(/^https?:\/\//);
        expect(Math.min(photo.width, photo.height)).toBeGreaterThanOrEqual(300);
        expect(sha256Hex(await readFile(join(cacheFolder, 'photos', photo.sourceId)))).toBe(photo.digest);
      }
    },
  );
});

function succeeds(program: string, args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
