#!/usr/bin/env node
/**
 * `npm run groie:install`: what the GRoIE segmenter needs beside the sidecar's packages: mmdet, and mmcv with its
 * operators, compiled here (some minutes, once). Changes neither torch nor numpy. See docs/groie.md.
 *
 * Settings: GROIE_WHEELS (folder that keeps the compiled wheels; default .cache/wheels), CXX (the C++ compiler),
 * MAX_JOBS (compilers at a time), FORCE_CUDA=1 and TORCH_CUDA_ARCH_LIST (the operators for CUDA too; slow).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { python, root } from './places.mjs';
import { checkNode, hashOf, once, runQuietly, say, setUpPython } from './setup.mjs';

const sidecar = join(root, 'python-inference');
const builder = join(sidecar, 'install', 'mmcv_wheel.py');
const requirement = (name) => join(sidecar, `requirements-groie${name}.lock`);
/** What one compiler takes of memory on these files, about. */
const COMPILER_BYTES = 1.5e9;

/** Facts of the environment that a compiled operator is tied to. */
const DESCRIBE = `
import json, sys, sysconfig
from importlib.metadata import version
from pathlib import Path
print(json.dumps({
    "torch": version("torch"), "numpy": version("numpy"),
    "tag": f"{sys.implementation.cache_tag}-{sysconfig.get_platform()}",
    "headers": (Path(sysconfig.get_path("include")) / "Python.h").is_file(),
}))`;

/** The operators answer: two boxes that overlap by 0.81 are one at a threshold of 0.5. */
const TRY = `
import torch
from mmcv.ops import nms
boxes = torch.tensor([[0.0, 0.0, 10.0, 10.0], [0.0, 0.0, 9.0, 9.0], [20.0, 20.0, 30.0, 30.0]])
assert nms(boxes, torch.tensor([0.9, 0.8, 0.7]), 0.5)[1].tolist() == [0, 2]`;

const describe = async () => JSON.parse(await runQuietly(python, ['-c', DESCRIBE]));
const pip = (args, options) =>
  runQuietly(python, ['-m', 'pip', '--disable-pip-version-check', ...args], options).catch((error) => {
    throw new Error(
      `${error.message}\nExpected a package index that can be reached; say which one with PIP_INDEX_URL, or where ` +
        'the files lie with PIP_FIND_LINKS, and run `npm run groie:install` again',
    );
  });

/** Refuses early what would fail after minutes, or silently. */
function checkCompiler(headers) {
  const compiler = process.env.CXX || 'c++';
  if (spawnSync(compiler, ['--version']).status !== 0) {
    throw new Error(
      `A C++ compiler is needed to build the operators of GRoIE, and ${compiler} does not run; install one ` +
        '(on Debian and Ubuntu: apt install g++) or name it with CXX',
    );
  }
  if (!headers) {
    throw new Error(
      'The header Python.h is needed to build the operators of GRoIE, and this Python comes without; install ' +
        'it (on Debian and Ubuntu: apt install python3-dev) or name another interpreter with PYTHON',
    );
  }
}

/** Downloads the sources, checked by hash, and fills `folder` with their wheels, whole or not at all. */
async function buildWheels(folder, headers) {
  checkCompiler(headers);
  const work = mkdtempSync(join(tmpdir(), 'groie-'));
  try {
    const [tools, sources, wheels] = ['tools', 'sources', 'wheels'].map((name) => join(work, name));
    await pip(['install', '--no-deps', '--target', tools, '-r', requirement('-build')]);
    const jobs = Math.max(1, Math.min(availableParallelism(), Math.floor(totalmem() / COMPILER_BYTES)));
    const env = {
      MAX_JOBS: String(jobs),
      ...process.env,
      PYTHONPATH: tools,
      PATH: [join(tools, 'bin'), process.env.PATH].join(delimiter),
    };
    // Never with build isolation: there the build does not see torch, and packs a wheel without operators.
    const seen = ['--no-deps', '--no-build-isolation'];
    await pip(['download', ...seen, '--require-hashes', '-d', sources, '-r', requirement('-source')], {
      env,
    });
    const source = (name) =>
      join(
        sources,
        readdirSync(sources).find((file) => file.startsWith(`${name}-`)),
      );
    await pip(['wheel', ...seen, '-w', wheels, source('onedl_mmdetection')], { env });
    say(`compiling the operators, ${env.MAX_JOBS} at a time ...`);
    await runQuietly(python, [builder, source('onedl_mmcv'), wheels], { env });
    mkdirSync(join(folder, '..'), { recursive: true });
    // Copied beside its place first: the temporary folder may lie on another disk.
    const partial = `${folder}.partial`;
    rmSync(partial, { recursive: true, force: true });
    await runQuietly('cp', ['-r', wheels, partial]);
    renameSync(partial, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Installs GRoIE's packages into the environment that setUpPython made; does nothing when they are there. */
export async function installGroie() {
  const before = await describe();
  const cuda = process.env.FORCE_CUDA === '1' ? `cuda ${process.env.TORCH_CUDA_ARCH_LIST ?? ''}` : 'cpu';
  const built = hashOf(
    ...[requirement('-source'), requirement('-build'), builder].map((file) => readFileSync(file)),
    before.torch,
    before.tag,
    cuda,
  );
  const cache = resolve(root, process.env.GROIE_WHEELS || join('.cache', 'wheels'));
  const folder = join(cache, `groie-${built.slice(0, 16)}`);
  const hash = hashOf(built, readFileSync(requirement('')));
  await once('groie', hash, 'installing GRoIE (its operators are compiled: some minutes)', async () => {
    if (!existsSync(folder)) await buildWheels(folder, before.headers);
    const wheels = readdirSync(folder).map((name) => join(folder, name));
    await pip(['install', '--no-deps', '-r', requirement('')]);
    await pip(['install', '--no-deps', '--force-reinstall', ...wheels]);
    const after = await describe();
    if (after.torch !== before.torch || after.numpy !== before.numpy) {
      throw new Error(
        `Expected torch ${before.torch} and numpy ${before.numpy} to stay, received ${after.torch} and ${after.numpy}`,
      );
    }
    await runQuietly(python, ['-c', TRY]);
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    checkNode();
    await setUpPython();
    await installGroie();
    say('GRoIE is installed; it needs a checkpoint: see docs/groie.md');
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
