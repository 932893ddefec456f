/**
 * Requests and bytes of a collage made from a wiki: cold, warm, and offline after that.
 *
 * Starts a real MediaWiki (`../shared/tools/mediawiki`, which needs its Debian packages) with 120 photos of
 * `../shared/corpus`, behind a proxy that counts, and runs the command line as a person does. Whatever the program
 * asked goes through the proxy: the wiki names no other address, and no other may be reached.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { defaultCorpus, root, skipWithoutCorpus } from './collages/workshop.mjs';

const PROMPT = 'penguins and butterflies on a snowy mountain';
const PHOTOS_ON_WIKI = 120;
const EFFORT =
  '--quality draft --layouts 8 --variations 0 --iterations 4 --background-iterations 4 --size 1536x1024';

const tool = join(root, '..', 'shared', 'tools', 'mediawiki', 'setup-mediawiki.sh');
const corpus = process.argv[2] ?? defaultCorpus;
skipWithoutCorpus(corpus);
if (!existsSync(tool)) {
  console.log(`skipped: no ${tool}`);
  process.exit(0);
}
const work = mkdtempSync(join(tmpdir(), 'commons-requests-'));
const wiki = join(work, 'wiki');
const counts = { api: 0, photos: 0, bytes: 0 };
let wikiPort = 0;
const proxy = createServer(forward);
try {
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const host = `127.0.0.1:${proxy.address().port}`;
  wikiPort = await freePort();
  startWiki(`http://${host}`);
  const runs = {};
  for (const name of ['cold', 'warm', 'offline']) {
    Object.assign(counts, { api: 0, photos: 0, bytes: 0 });
    const collage = await makeCollage(name, host);
    runs[name] = { ...counts };
    const enlarged = collage.cutouts.filter(({ smallerDigest }) => smallerDigest).length;
    runs[name].photosLookedAt = collage.photosLookedAt;
    runs[name].cutoutsEnlarged = enlarged;
    console.log(name, JSON.stringify(runs[name]));
  }
  console.log(
    JSON.stringify({ bench: 'commons-requests', photosOnWiki: PHOTOS_ON_WIKI, ...runs, target: 'warm: 0' }),
  );
} finally {
  spawnSync(tool, ['stop', wiki]);
  proxy.close();
  proxy.closeAllConnections();
  rmSync(work, { recursive: true, force: true });
}

/** Hands a request on to the wiki, and counts it and the bytes of its answer. */
function forward({ method, url, headers }, response) {
  counts[url.startsWith('/w/api.php') ? 'api' : 'photos']++;
  const asked = request({ host: '127.0.0.1', port: wikiPort, method, path: url, headers }, (answer) => {
    answer.on('data', ({ length }) => (counts.bytes += length));
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  asked.on('error', () => response.destroy());
  asked.end();
}

/** @param address that the wiki gives for itself and its files: the proxy's */
function startWiki(address) {
  const env = { ...process.env, MW_BASE: address, MW_LIMIT: String(PHOTOS_ON_WIKI), MW_WORKERS: '2' };
  const { status, stderr } = spawnSync(tool, ['setup', wiki, corpus, String(wikiPort)], {
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The wiki can't be started: ${stderr}`);
}

async function makeCollage(name, host) {
  const own = join(work, 'own');
  mkdirSync(own, { recursive: true });
  // The wiki's photos alone: this one has no license.
  const color = { width: 320, height: 320, channels: 3, background: '#888' };
  writeFileSync(join(own, 'unlicensed.png'), await sharp({ create: color }).png().toBuffer());
  const out = join(work, name);
  const program = join(root, 'dist', 'apps', 'cli', 'src', 'main.js');
  const args = [PROMPT, '--commons', '--photos', own, ...EFFORT.split(' '), '--out', out, '--json'];
  const env = {
    ...process.env,
    DATA_DIR: join(work, 'data'),
    COMMONS_URL: `http://${host}/w/api.php`,
    FETCH_ALLOW: host,
    CONTACT: 'bench@example.org',
    OFFLINE: String(name === 'offline'),
    PERCEPTOR: 'starter',
    SEGMENTER: 'u2netp',
  };
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let events = '';
  child.stdout.on('data', (data) => (events += data));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`The run "${name}" ended with ${code}`);
  const found = events.split('\n').find((line) => line.includes('"photosFound"'));
  const folder = PROMPT.replaceAll(' ', '-');
  const recipe = JSON.parse(readFileSync(join(out, `${folder}-1`, 'collage.json'), 'utf8'));
  return { ...recipe, photosLookedAt: JSON.parse(found).photosFound.photos.length };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
