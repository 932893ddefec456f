import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { picture } from '@collage/photos/testing/pictures.js';
import { Collage } from '@collage/proto/collage/v1/collage.js';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canRun, runCli } from '../e2e/run-cli.js';
import type { Wiki } from './start-wiki.js';
import { corpusRows } from './wiki-photos.js';

const title = canRun
  ? 'the command line'
  : 'the command line (SKIPPED: it is not built, or .venv is missing)';

/** The compiled program as a person runs it, with the real sidecar, its photos from a real MediaWiki. */
export function describeCommandLine(wiki: Wiki): void {
  describe.skipIf(!canRun)(title, () => {
    const folder = mkdtempSync(join(tmpdir(), 'commons-cli-'));
    const own = join(folder, 'own');
    beforeAll(async () => {
      await mkdir(own);
      await writeFile(join(own, 'nobody-knows-whose.jpg'), await picture(1));
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    /** One run, and how often it asked the wiki. */
    async function run(name: string, env: Record<string, string> = {}) {
      const before = await wiki.requestCount();
      const counts = '--layouts 3 --variations 0 --iterations 2 --background-iterations 2 --cutouts 4';
      const effort = `--quality draft ${counts} --photo-count 8 --size 768x512`.split(' ');
      const out = join(folder, name);
      const prompt = 'penguins on a snowy mountain';
      const { code, stdout } = await runCli(
        [prompt, '--commons', '--photos', own, ...effort, '--out', out],
        join(folder, 'data'),
        {
          COMMONS_URL: wiki.address,
          FETCH_ALLOW: new URL(wiki.address).host,
          CONTACT: 'tests@example.org',
          ...env,
        },
      );
      expect({ code, stdout }).toMatchObject({ code: 0 });
      const file = (path: string) => readFile(join(out, 'penguins-on-a-snowy-mountain-1', path));
      const collage = Collage.fromJSON(JSON.parse((await file('collage.json')).toString()));
      return { stdout, file, collage, requestCount: (await wiki.requestCount()) - before };
    }
    let first: Awaited<ReturnType<typeof run>>;
    beforeAll(async () => {
      first = await run('first');
    }, 300_000);

    it('makes a picture of photos of the wiki, with the credits of all that are seen', async () => {
      const { file, collage } = first;
      expect(await sharp(await file('collage.png')).metadata()).toMatchObject({ width: 768, height: 512 });
      const rows = new Map(corpusRows().map((row) => [row.title, row]));
      const text = (await file('credits.txt')).toString();
      expect(collage.credits.length).toBeGreaterThan(0);
      for (const credit of collage.credits) {
        const row = rows.get(credit.title)!;
        expect(credit.author).toBe(row.author);
        expect(credit.license!.name.replace('CC0 1.0', 'CC0')).toBe(row.licence);
        expect(new URL(credit.sourceUrl).host).toBe(new URL(wiki.address).host);
        expect(text).toContain(`"${credit.title}" by ${credit.author}`);
        expect(text).toContain(credit.sourceUrl);
      }
      for (const format of ['credits.html', 'credits.md', 'credits.json']) {
        expect((await file(format)).toString()).toContain(collage.credits[0]!.sourceUrl);
      }
      expect(collage.photos.every(({ source }) => source === 'commons')).toBe(true);
      expect(first.requestCount).toBeGreaterThan(8);
    });

    it('counts what was left out, by reason, and says it', () => {
      const { collage, stdout } = first;
      expect(collage.skipped).toContainEqual({
        reason: 'NO_LICENSE',
        count: 1,
        examples: ['nobody-knows-whose.jpg'],
      });
      for (const { reason, count } of collage.skipped) {
        expect(stdout).toContain(`left out: ${count} x ${reason}, `);
      }
    });

    it('makes the same a second time without a single request', async () => {
      const second = await run('second');
      expect(second.requestCount).toBe(0);
      expect(Collage.toJSON(second.collage)).toEqual(Collage.toJSON(first.collage));
      expect((await second.file('collage.png')).equals(await first.file('collage.png'))).toBe(true);
    }, 300_000);

    it('makes the same without a network', async () => {
      const offline = await run('offline', { OFFLINE: 'true' });
      expect(offline.requestCount).toBe(0);
      expect((await offline.file('collage.png')).equals(await first.file('collage.png'))).toBe(true);
    }, 300_000);
  });
}
