import { spawn } from 'node:child_process';

/** Runs a program in this one's place: its input and output, its signals, its exit code. */
export function runChild(command, args, options) {
  const child = spawn(command, args, { ...options, stdio: 'inherit' });
  // The terminal sends Ctrl-C to the child as well; this process only waits for it. Others' signals are passed on.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('close', (code, signal) => process.exit(code ?? (signal ? 130 : 1)));
}
