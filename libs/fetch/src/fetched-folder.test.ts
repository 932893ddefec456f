import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FetchedFolder, type ListedAnswer } from './fetched-folder.js';
import { FaultServer } from './testing/fault-server.js';
import { content } from './testing/faults.js';
import { testFetcher, type TestFetcher } from './testing/test-fetcher.js';

let server: FaultServer;
let test: TestFetcher;
beforeEach(async () => {
  server = await FaultServer.start();
  test = await testFetcher({ allow: [server.host] });
});
afterEach(async () => {
  await test.remove();
  await server.close();
});

it('lists what fetchers keep, by the time of its last use, and forgets it', async () => {
  const cacheFolder = join(test.folder, 'fetched');
  const folder = new FetchedFolder(cacheFolder);
  const all = async () => {
    const answers: ListedAnswer[] = [];
    for await (const answer of folder.list()) answers.push(answer);
    return answers;
  };
  expect(await all()).toEqual([]);
  const addresses = ['/one', '/two'].map((path) => server.on(path, content('a photo', 'image/jpeg')));
  for (const address of addresses) await test.fetcher.photo(address);
  const long = new Date('2020-01-01');
  await writeFile(join(cacheFolder, '.DS_Store'), 'left by a file manager');
  for (const { key } of await all()) await utimes(join(cacheFolder, key), long, long);

  expect(await test.again().photo(addresses[0]!)).toMatchObject({ fromCache: true });
  const [unused, used] = (await all()).sort((a, b) => a.storedAt.getTime() - b.storedAt.getTime());
  expect(unused!.storedAt).toEqual(long);
  expect(used!.storedAt.getTime()).toBeGreaterThan(long.getTime());
  expect(used!.sizeBytes).toBeGreaterThan(100);

  await folder.delete(unused!);
  await folder.delete(unused!);
  expect(await all()).toHaveLength(1);
  expect(await test.again().photo(addresses[0]!)).toMatchObject({ fromCache: true });
  expect(await test.again().photo(addresses[1]!)).toMatchObject({ fromCache: false });
});
