/** One of our own programs as a child: it cannot outlive us, as it ends when its standard input does. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const GRACE_MILLISECONDS = 20_000;

/**
 * @param file a compiled program that takes --stdin-lifeline
 * @param env its whole environment
 * @param ready matches the line that says that it is up
 * @param onLine hears every line it writes
 * @param signal ends it where it is not up yet
 * @returns resolves when it is up: `ready` is the match, `exited` resolves to how it ended, `stop()` ends it
 * @throws where it ends before it is up; the signal's reason, once it has ended, where that aborts before
 */
export async function startNodeProgram(file, { env, ready, onLine, signal }) {
  signal.throwIfAborted();
  const child = spawn(process.execPath, [file, '--stdin-lifeline'], {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    // A terminal's Ctrl-C is for us: we end the others in their order.
    detached: true,
  });
  child.stdin.on('error', () => {});
  const exited = new Promise((resolve) => {
    child.once('error', ({ message }) => resolve(`it cannot be run: ${message}`));
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), GRACE_MILLISECONDS);
    await exited;
    clearTimeout(kill);
  };
  let last = '';
  const up = new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        last = line;
        onLine(line);
        const match = ready.exec(line);
        if (match) resolve(match);
      });
    }
  });
  const settled = new AbortController();
  const aborted = new Promise((resolve) =>
    signal.addEventListener('abort', resolve, { once: true, signal: settled.signal }),
  );
  try {
    const match = await Promise.race([
      up,
      exited.then((how) => {
        throw new Error(`it did not start (${how}): ${messageOf(last)}`);
      }),
      aborted.then(() => {
        throw signal.reason;
      }),
    ]);
    return { ready: match, exited, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    settled.abort();
  }
}

function messageOf(line) {
  try {
    return JSON.parse(line).message ?? line;
  } catch {
    return line;
  }
}
