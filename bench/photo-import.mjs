/**
 * Importing photos through the fetcher against sharp alone doing the same decoding and encoding.
 *
 * Takes the first 60 photos (by name) of `../shared/corpus`, or of the folder named as the first argument. A server
 * on loopback, a process of its own, hands them out. The fetcher downloads, checks, prepares and stores each, cold, as
 * it does for a collage but for the pause between two requests, which is made nothing; sharp has the bytes in memory
 * and throws its result away; four at a time, as many as libuv has threads for either. Rounds take turns; the claim is the median of their
 * ratios. Last, a second run over the warm cache: it must make no request.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const root = fileURLToPath(new URL('..', import.meta.url));
const given = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
const folder = given ?? join(root, '..', 'shared', 'corpus', 'photos');
const ROUNDS = 5;
const AT_ONCE = 4;

if (!existsSync(folder)) {
  console.log(`skipped: no folder ${folder}`);
  process.exit(0);
}
const files = readdirSync(folder)
  .filter((file) => /\.(jpe?g|png|webp)$/i.test(file))
  .sort()
  .slice(0, 60);
if (process.argv.includes('--serve')) serve();
else await measure();

/** Hands out the files by name, and tells the parent its port. */
function serve() {
  const contents = new Map(
    files.map((file) => [`/${encodeURIComponent(file)}`, readFileSync(join(folder, file))]),
  );
  const server = createServer(({ url }, response) => response.end(contents.get(url)));
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
  process.on('disconnect', () => process.exit(0));
}

async function measure() {
  const library = (path) => import(join(root, 'dist', 'libs', path));
  const { FolderBlobStore } = await library('blobs/src/blob-store.js');
  const { HttpFetcher } = await library('fetch/src/http-fetcher.js');
  const { preparePhoto } = await library('photos/src/prepare-photo.js');
  const server = fork(fileURLToPath(import.meta.url), [folder, '--serve']);
  const [port] = await once(server, 'message');
  const addresses = files.map((file) => `http://127.0.0.1:${port}/${encodeURIComponent(file)}`);
  const photos = files.map((file) => readFileSync(join(folder, file)));
  const work = mkdtempSync(join(tmpdir(), 'photo-import-'));
  const fetcherOver = (name) =>
    new HttpFetcher({
      userAgent: 'ClipAndPaste/bench',
      allow: [`127.0.0.1:${port}`],
      cacheFolder: join(work, name, 'fetched'),
      blobs: new FolderBlobStore(join(work, name, 'blobs')),
      preparePhoto,
      offline: false,
      limits: { intervalMilliseconds: 0 },
    });
  const importAll = async (name) => {
    const fetcher = fetcherOver(name);
    const took = await timed(() => Promise.all(addresses.map((address) => fetcher.photo(address))));
    fetcher.close();
    return { ...took, ...fetcher.totals() };
  };
  const encodeAll = () =>
    timed(async () => {
      let next = 0;
      const worker = async () => {
        while (next < photos.length) await encode(photos[next++]);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    });
  try {
    await importAll('first');
    await encodeAll();
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      const runs = [() => importAll(`round-${round}`), encodeAll];
      // Whoever goes first, goes second the next time.
      if (round % 2 === 1) runs.reverse();
      const results = [await runs[0](), await runs[1]()];
      if (round % 2 === 1) results.reverse();
      const [ours, alone] = results;
      rounds.push({
        throughput: alone.seconds / ours.seconds,
        processor: ours.processorSeconds / alone.processorSeconds,
        photosPerSecond: photos.length / ours.seconds,
      });
      console.log(JSON.stringify(rounds.at(-1)));
    }
    const cold = await importAll('cold');
    const warm = await importAll('cold');
    const median = (key) => rounds.map((round) => round[key]).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)];
    console.log(
      JSON.stringify({
        bench: 'photo-import',
        cpu: cpus()[0].model,
        cores: cpus().length,
        photos: photos.length,
        megabytes: Number((photos.reduce((sum, { length }) => sum + length, 0) / 1e6).toFixed(1)),
        throughputOfSharpAlone: Number(median('throughput').toFixed(3)),
        worstRound: Number(Math.min(...rounds.map(({ throughput }) => throughput)).toFixed(3)),
        processorTimeOfSharpAlone: Number(median('processor').toFixed(3)),
        photosPerSecond: Number(median('photosPerSecond').toFixed(1)),
        cold: { requests: cold.requests, bytes: cold.bytes },
        warm: { requests: warm.requests, bytes: warm.bytes, seconds: Number(warm.seconds.toFixed(3)) },
        target: 0.8,
      }),
    );
  } finally {
    server.disconnect();
    rmSync(work, { recursive: true });
  }
}

/** The decoding and encoding of `preparePhoto`, with none of its checks. */
async function encode(bytes) {
  const { hasAlpha } = await sharp(bytes).metadata();
  const upright = sharp(bytes, { failOn: 'error' }).autoOrient().toColorspace('srgb');
  return (
    hasAlpha
      ? upright.png({ compressionLevel: 6 })
      : upright.jpeg({ quality: 92, chromaSubsampling: '4:4:4' })
  ).toBuffer();
}

/** Wall-clock and processor seconds of this process. */
async function timed(run) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await run();
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - start) / 1000, processorSeconds: (user + system) / 1e6 };
}
