import { afterAll, describe } from 'vitest';
import { describeCommandLine } from './describe-command-line.js';
import { describeCollage } from './describe-collage.js';
import { describeSearch } from './describe-search.js';
import { newFetcher } from './new-fetcher.js';
import { startWiki, type Wiki } from './start-wiki.js';

// While the tests are collected: only then is known whether they can run.
const started = await startWiki();
const missing = 'missing' in started ? started.missing : undefined;
// The titles of skipped tests are not printed where there are many.
if (missing !== undefined) console.warn(`skipped: tests that need a MediaWiki. ${missing}`);
const title = missing === undefined ? 'on a real MediaWiki' : `on a real MediaWiki (SKIPPED: ${missing})`;

describe.skipIf(missing !== undefined)(title, () => {
  const wiki = started as Wiki;
  afterAll(() => wiki.stop());
  describeCollage(wiki, newFetcher);
  describeCommandLine(wiki);
  describeSearch(wiki, newFetcher);
});
