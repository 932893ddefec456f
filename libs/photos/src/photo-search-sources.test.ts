import { BlobStoreError } from '@collage/blobs/blob-store-error.js';
import { Photo } from '@collage/proto/collage/v1/photo.js';
import { describe, expect, it } from 'vitest';
import { searchPhotos } from './photo-search.js';
import {
  skipped,
  sourceFailed,
  type FoundPhoto,
  type PhotoFinding,
  type PhotoQuery,
  type PhotoSource,
} from './photo-source.js';
import { FolderError } from './sources/folder/folder-error.js';
import { collect, queryFor } from './testing/findings.js';
import { ManualClock } from './testing/manual-clock.js';

function photo(sourceId: string, author = sourceId, sha1?: string): FoundPhoto {
  const license = { id: 'CC0-1.0', name: 'CC0 1.0', url: '' };
  return {
    kind: 'photo',
    photo: Photo.fromPartial({ sourceId, digest: sourceId, credit: { license, author } }),
    ...(sha1 && { sha1 }),
    bytes: async () => Buffer.from(sourceId),
  };
}

/** Gives its findings with a pause before each, and then says nothing for as long as `silentAfter`. */
function source(
  name: string,
  findings: PhotoFinding[],
  { clock, pauseSeconds = 0, silentSeconds = 0, fails, ...rest }: Script = {},
): PhotoSource & { told: AbortSignal[] } {
  const told: AbortSignal[] = [];
  return {
    name,
    told,
    ...rest,
    async *find(_, signal) {
      told.push(signal!);
      for (const finding of findings) {
        if (pauseSeconds > 0) await clock!.sleep(pauseSeconds * 1000);
        yield finding;
      }
      // Deaf: it does not look at the signal.
      if (silentSeconds > 0) await clock!.sleep(silentSeconds * 1000);
      if (fails) throw fails;
    },
  };
}
interface Script {
  clock?: ManualClock;
  pauseSeconds?: number;
  silentSeconds?: number;
  fails?: Error;
  isHandPicked?: boolean;
}
const failure = (reason: string) => Object.assign(new Error(`nobody answers`), { reason });

function search(sources: PhotoSource[], clock = new ManualClock(), query: Partial<PhotoQuery> = {}) {
  const patience = { silentSeconds: 10, totalSeconds: 25, clock };
  return collect(searchPhotos(sources, { ...queryFor(), ...query }, undefined, patience));
}

describe('a source that takes too long', () => {
  it('is left when it is silent, told to stop, and what it found counts', async () => {
    const clock = new ManualClock();
    const deaf = source('deaf', [photo('a1'), photo('a2')], { clock, silentSeconds: 1e6 });
    const searching = search([deaf, source('b', [photo('b1')])], clock);
    await clock.pass(9);
    expect(deaf.told[0]!.aborted).toBe(false);
    await clock.pass(1);
    const { names, skipped: left } = await searching;
    expect(names).toEqual(['a1', 'b1', 'a2']);
    expect(left).toEqual([
      sourceFailed('SOURCE_TIMED_OUT', 'deaf', expect.stringContaining('10 s of silence') as string),
    ]);
    expect(deaf.told[0]!.aborted).toBe(true);
  });

  it('is left when it talks but does not end', async () => {
    const clock = new ManualClock();
    const chatty = source(
      'chatty',
      ['1', '2', '3', '4'].map((id) => photo(id)),
      { clock, pauseSeconds: 8 },
    );
    const searching = search([chatty], clock);
    for (let seconds = 0; seconds < 26; seconds++) await clock.pass(1);
    const { names, reasons, skipped: left } = await searching;
    expect(names).toEqual(['1', '2', '3']);
    expect(reasons).toEqual(['SOURCE_TIMED_OUT chatty']);
    expect(left[0]!.detail).toContain('25 s in all');
  });

  it('is waited for where a person put its photos together', async () => {
    const clock = new ManualClock();
    const own = source('own', [photo('a'), photo('b')], { clock, pauseSeconds: 100, isHandPicked: true });
    const searching = search([own], clock);
    for (let count = 0; count < 3; count++) await clock.pass(100);
    expect((await searching).names).toEqual(['a', 'b']);
  });

  it('does not keep the process awake once it has answered', async () => {
    const sleeping: AbortSignal[] = [];
    const clock = new ManualClock();
    const watched = {
      now: clock.now,
      sleep: (time: number, signal?: AbortSignal) => (sleeping.push(signal!), clock.sleep(time, signal)),
    };
    const patience = { silentSeconds: 10, totalSeconds: 25, clock: watched };
    await collect(searchPhotos([source('a', [photo('a')])], queryFor(), undefined, patience));
    expect(sleeping.length).toBeGreaterThan(0);
    expect(sleeping.every(({ aborted }) => aborted)).toBe(true);
  });
});

describe('a source that fails', () => {
  it('is left out with its reason, and what it and the others found counts', async () => {
    const broken = source('broken', [photo('a1')], { fails: failure('SOURCE_UNREACHABLE') });
    const { names, reasons } = await search([broken, source('b', [photo('b1')])]);
    expect(names).toEqual(['a1', 'b1']);
    expect(reasons).toEqual(['SOURCE_UNREACHABLE broken']);
  });

  it('ends the search where all the others fail too, with the reason of each', async () => {
    const broken = source('one', [], { fails: failure('SOURCE_UNREACHABLE') });
    const refused = source('two', [skipped('X', 'x', ''), sourceFailed('THROTTLED', 'two', 'not now')]);
    await expect(search([broken, refused])).rejects.toMatchObject({
      name: 'SourcesFailedError',
      reason: 'ALL_SOURCES_FAILED',
      message: expect.stringMatching(/one: SOURCE_UNREACHABLE, nobody answers; two: THROTTLED, not now/),
    });
  });

  it('does not end it where another found nothing but was searched', async () => {
    const broken = source('broken', [], { fails: failure('SOURCE_UNREACHABLE') });
    expect((await search([broken, source('b', [])])).reasons).toEqual(['SOURCE_UNREACHABLE broken']);
  });

  it('ends it where the request itself is wrong, the blob store is away, or nobody knows what went wrong', async () => {
    const missing = new FolderError('FOLDER_MISSING', '/nowhere', 'there is no such folder');
    const others = source('b', [photo('b1')]);
    await expect(search([source('own', [], { fails: missing }), others])).rejects.toBe(missing);
    const away = new BlobStoreError('BLOB_STORE_UNREACHABLE', 'the store is away');
    await expect(search([source('cut', [], { fails: away }), others])).rejects.toBe(away);
    const surprise = new TypeError('undefined is not a function');
    await expect(search([source('buggy', [], { fails: surprise }), others])).rejects.toBe(surprise);
  });
});

describe('the photos of several sources', () => {
  it('are taken once where two sources name the same original', async () => {
    const sources = [
      source('a', [photo('a1', 'Ann', 'sha1 of x')]),
      source('b', [photo('b1', 'Ann', 'sha1 of x'), photo('b2', 'Ann', 'sha1 of y')]),
    ];
    const { names, reasons } = await search(sources);
    expect(names).toEqual(['a1', 'b2']);
    expect(reasons).toEqual(['DUPLICATE b1']);
  });

  it('are at most so many of one author, over all sources, however the name is written', async () => {
    const sources = [
      source('a', [photo('a1', 'Ann'), photo('a2', 'Bob'), photo('a3', 'ann ')]),
      source('b', [photo('b1', 'Ann'), photo('b2', 'ANN'), photo('b3', 'Cy')]),
    ];
    const { names, skipped: left } = await search(sources, undefined, { photosPerAuthor: 2 });
    expect(names).toEqual(['a1', 'b1', 'a2', 'b3']);
    expect(left).toEqual([
      skipped('AUTHOR_LIMIT', 'b2', '2 photos by ANN are enough'),
      skipped('AUTHOR_LIMIT', 'a3', '2 photos by ann are enough'),
    ]);
  });

  it('are without limit per author in a folder of one’s own, and where nobody knows the author', async () => {
    const mine = ['1', '2', '3'].map((id) => photo(id, 'Me'));
    const nobodys = ['4', '5', '6'].map((id) => photo(id, 'unknown author'));
    const sources = [source('own', mine, { isHandPicked: true }), source('wiki', nobodys)];
    const { names, reasons } = await search(sources, undefined, { photosPerAuthor: 1 });
    expect(names.toSorted()).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(reasons).toEqual([]);
  });
});
