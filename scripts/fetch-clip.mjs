/**
 * Set-up's own try to have CLIP where `PERCEPTOR=auto` would take it: one probe of the model hub, seconds long, then a
 * download with a time limit. Whatever comes of it, the start goes on; with the starter models where CLIP is not there.
 *
 * Settings: MODEL_FETCH_SECONDS (time limit, default 600; 0: no try), and those of `npm run models`.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pythonCommand } from './python-command.mjs';
import { root } from './places.mjs';

const DEFAULT_SECONDS = 600;
const PROBE_SECONDS = 3;
/** A try is not repeated for so long, lest every start waits for it. */
const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
/** Beyond its own time limit the download is taken for stuck. */
const GRACE_SECONDS = 60;
const HUB_ID = /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/;
const INTERRUPTED = 130;

function say(text) {
  process.stderr.write(`setup: ${text}\n`);
}

/**
 * Fetches CLIP unless it is there, is not wanted, or was tried within a day.
 * @param run downloads it within so many seconds and resolves to the exit code of `npm run models -- get clip`
 * @param now milliseconds
 */
export async function fetchClip({
  env = process.env,
  now = Date.now(),
  marker = join(root, '.setup', 'clip.json'),
  tell = say,
  run = (seconds) => runGet(seconds, env),
} = {}) {
  const model = env.CLIP_MODEL || 'openai/clip-vit-base-patch32';
  const isWanted = (env.PERCEPTOR || 'auto') === 'auto' && !env.INFERENCE_ADDRESSES;
  if (!isWanted || !HUB_ID.test(model) || existsSync(resolve(root, model))) return;
  const seconds = Number(env.MODEL_FETCH_SECONDS || DEFAULT_SECONDS);
  if (!(seconds >= 0 && seconds < Infinity)) {
    tell(`Expected seconds, 0 or more, for MODEL_FETCH_SECONDS but received "${env.MODEL_FETCH_SECONDS}"`);
    return;
  }
  if (seconds === 0 || existsSync(join(modelsFolder(env), model, 'config.json'))) return;
  const what = JSON.stringify([modelsFolder(env), model, env.HF_ENDPOINT ?? '', env.HF_HOME ?? '']);
  if (wasTried(marker, what, now)) return;

  tell(`CLIP (${model}): asking the model hub (MODEL_FETCH_SECONDS=0 turns this off) ...`);
  const code = await run(seconds);
  if (code === INTERRUPTED) process.exit(INTERRUPTED);
  mkdirSync(dirname(marker), { recursive: true });
  writeFileSync(marker, JSON.stringify({ what, at: now }));
  if (code !== 0) {
    tell(
      'going on with the starter models; `npm run models -- get clip` tries again, set-up itself in a day',
    );
  }
}

/** As `models_folder` in python-inference/inference/model_files/places.py has it. */
function modelsFolder({ MODELS_DIR }) {
  return resolve(root, (MODELS_DIR || '~/.cache/clip-and-paste/models').replace(/^~(?=\/|$)/, homedir()));
}

function wasTried(marker, what, now) {
  try {
    const last = JSON.parse(readFileSync(marker, 'utf8'));
    return last.what === what && now - last.at < DAY_MILLISECONDS && now >= last.at;
  } catch {
    return false;
  }
}

/** All its output goes to standard error: standard output belongs to the command being set up. */
function runGet(seconds, env) {
  const words = ['get', 'clip', '--seconds', `${seconds}`, '--connect-seconds', `${PROBE_SECONDS}`];
  const { command, args, options } = pythonCommand('inference.model_files', words, env);
  return new Promise((resolveCode) => {
    const child = spawn(command, args, {
      ...options,
      stdio: ['ignore', 2, 2],
      timeout: 1000 * (seconds + GRACE_SECONDS),
    });
    // The terminal sends Ctrl-C to the child as well, which says what it keeps. Others' signals end both.
    const wait = () => {};
    const stop = (signal) => {
      child.kill(signal);
      process.exit(1);
    };
    process.on('SIGINT', wait);
    for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, stop);
    const end = (code) => {
      process.off('SIGINT', wait);
      for (const signal of ['SIGTERM', 'SIGHUP']) process.off(signal, stop);
      resolveCode(code ?? 1);
    };
    child.on('error', () => end(1));
    child.on('close', end);
  });
}
