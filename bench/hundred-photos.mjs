/**
 * Stage times and peak memory of a collage from 100 photos: cold, with warm caches, and as a draft.
 *
 * Takes the first 100 photos (by name) of `../shared/corpus`, or of the folder named as the first argument, which needs
 * a manifest.jsonl. Times are those of this machine at this moment; the ratio cold / warm is what may be compared.
 */
import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [given] = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const corpus = given ?? join(root, '..', 'shared', 'corpus', 'photos');
if (!existsSync(join(corpus, 'manifest.jsonl'))) {
  console.log(`skipped: no manifest.jsonl in ${corpus}`);
  process.exit(0);
}
const prompt = 'penguins and butterflies on a snowy mountain';
const work = mkdtempSync(join(tmpdir(), 'collage-bench-'));
const photos = join(work, 'photos');
mkdirSync(photos);
const rows = readFileSync(join(corpus, 'manifest.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
/** A hundred that hold what the prompt names, as a search would: those first, then others by name. */
const wanted = /penguin|butterfl|mountain|snow/i;
const order = [...rows].sort(
  (a, b) => Number(wanted.test(b.title)) - Number(wanted.test(a.title)) || (a.file < b.file ? -1 : 1),
);
const hundred = order.slice(0, 100);
for (const { file } of hundred) copyFileSync(join(corpus, file), join(photos, file));
writeFileSync(join(photos, 'manifest.jsonl'), hundred.map((row) => JSON.stringify(row)).join('\n'));

/** Peak resident memory in MiB of a process and of its children, sampled from /proc. */
function watchMemory(pid) {
  const peaks = { orchestrator: 0, sidecar: 0 };
  const peakOf = (id) => {
    try {
      return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))[1]) / 1024;
    } catch {
      return 0;
    }
  };
  const timer = setInterval(() => {
    peaks.orchestrator = Math.max(peaks.orchestrator, peakOf(pid));
    for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
      try {
        const parent = readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) /, '')
          .split(' ')[1];
        if (Number(parent) === pid) peaks.sidecar = Math.max(peaks.sidecar, peakOf(name));
      } catch {
        // It ended meanwhile.
      }
    }
  }, 250);
  return { peaks, stop: () => clearInterval(timer) };
}

function run(name, ...args) {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(
      process.execPath,
      [
        join(root, 'dist/apps/cli/src/main.js'),
        prompt,
        '--photos',
        photos,
        '--out',
        join(work, name),
        '--json',
        ...args,
      ],
      { env: { ...process.env, DATA_DIR: join(work, 'data') }, stdio: ['ignore', 'pipe', 'ignore'] },
    );
    const memory = watchMemory(child.pid);
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.on('close', (code) => {
      memory.stop();
      if (code !== 0) return reject(new Error(`${name} ended with ${code}: ${output.slice(-500)}`));
      const stages = {};
      for (const line of output.trim().split('\n')) {
        const { stageFinished } = JSON.parse(line);
        if (stageFinished) {
          const stage = stageFinished.state.replace('STATE_', '').toLowerCase();
          stages[stage] = Number(((stages[stage] ?? 0) + (stageFinished.durationSeconds ?? 0)).toFixed(1));
        }
      }
      const seconds = Number(((performance.now() - began) / 1000).toFixed(1));
      resolve({
        name,
        seconds,
        stages,
        peakMiB: {
          orchestrator: Math.round(memory.peaks.orchestrator),
          sidecar: Math.round(memory.peaks.sidecar),
        },
      });
    });
  });
}

const runs = [];
for (const [name, ...args] of [['cold'], ['warm'], ['draft', '--quality', 'draft']]) {
  runs.push(await run(name, ...args));
  console.log(JSON.stringify(runs.at(-1)));
}
if (process.argv.includes('--keep')) console.log(work);
else rmSync(work, { recursive: true });
const [cold, warm, draft] = runs;
console.log(
  JSON.stringify({
    bench: 'hundred-photos',
    cpu: cpus()[0].model,
    cores: cpus().length,
    coldOverWarm: Number((cold.seconds / warm.seconds).toFixed(2)),
    warmOverDraft: Number((warm.seconds / draft.seconds).toFixed(2)),
    coldSeconds: cold.seconds,
    warmSeconds: warm.seconds,
    draftSeconds: draft.seconds,
  }),
);
