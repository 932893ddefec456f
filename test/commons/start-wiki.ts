import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { hasCorpus, WIKI_PAGES, writeWikiPhotos } from './wiki-photos.js';

const run = promisify(execFile);
const tool = fileURLToPath(new URL('../../../shared/tools/mediawiki/setup-mediawiki.sh', import.meta.url));
/** Where Debian's package puts it. */
const mediawiki = process.env.MW_INSTALL_PATH ?? '/usr/share/mediawiki';

/** A real MediaWiki on this machine. */
export interface Wiki {
  /** Of its api.php. */
  address: string;
  /** Deletes a file, as an administrator would; what galleries say of it stays. */
  deleteFile(title: string): Promise<void>;
  /** Requests it has had so far, by its own log: PHP's server takes one over each connection. */
  requestCount(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts a MediaWiki with some photos, or says why none can be had here: its packages come from Debian. */
export async function startWiki(): Promise<Wiki | { missing: string }> {
  if (!existsSync(tool) || !hasCorpus) return { missing: '../shared has no MediaWiki or no photos' };
  if (!isInstalled() && process.getuid?.() !== 0)
    return { missing: 'MediaWiki is not installed, and only root may' };
  const folder = await mkdtemp(join(tmpdir(), 'wiki-'));
  const wiki = join(folder, 'wiki');
  const env = { ...process.env, MW_CONFIG_FILE: join(wiki, 'config', 'LocalSettings.php'), MW_WORKERS: '2' };
  const maintain = (script: string, ...args: string[]) =>
    run('php', [join(mediawiki, 'maintenance', script), ...args], { env });
  const stop = async () => {
    await run(tool, ['stop', wiki]);
    await rm(folder, { recursive: true, force: true });
  };

  await writeWikiPhotos(join(folder, 'photos'));
  const port = await freePort();
  try {
    await run(tool, ['setup', wiki, join(folder, 'photos'), String(port)], { env });
    await mkdir(join(folder, 'pages', 'File'), { recursive: true });
    for (const [title, text] of Object.entries(WIKI_PAGES)) {
      await writeFile(join(folder, 'pages', `${title.replace(':', '/')}.wiki`), text);
    }
    const files = (...path: string[]) => join(folder, 'pages', ...path, '*.wiki');
    await maintain('importTextFiles.php', '--overwrite', '--prefix', 'File:', files('File'));
    await maintain('importTextFiles.php', '--overwrite', files());
    await maintain('runJobs.php');
  } catch (error) {
    await stop();
    // Debian's packages may be out of reach; anything else is a failure.
    if (!isInstalled())
      return { missing: `MediaWiki can't be installed: ${String((error as { stderr?: unknown }).stderr)}` };
    throw error;
  }
  return {
    address: `http://127.0.0.1:${port}/w/api.php`,
    stop,
    async deleteFile(title) {
      const list = join(folder, 'delete.txt');
      await writeFile(list, title);
      await maintain('deleteBatch.php', list);
    },
    async requestCount() {
      const log = await readFile(join(wiki, 'server.log'), 'utf8');
      return log.match(/ Accepted$/gm)?.length ?? 0;
    },
  };
}

function isInstalled(): boolean {
  return existsSync(join(mediawiki, 'api.php'));
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
