import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** What the last stage of a Dockerfile has in its working folder, laid out as there; packages are linked to ours. */
function layOut(dockerfile: string): string {
  const app = mkdtempSync(join(tmpdir(), 'image-'));
  folders.push(app);
  const last = readFileSync(join(root, dockerfile), 'utf8')
    .split(/^FROM /m)
    .at(-1)!;
  for (const [, paths] of last.matchAll(/^COPY (?:--from=build )?(.+)$/gm)) {
    const parts = paths!.trim().split(/\s+/);
    const to = parts.pop()!;
    for (const from of parts.map((part) => part.replace(/^\/app\//, ''))) {
      if (from === '/venv') continue;
      const target = join(app, to.endsWith('/') ? join(to, from.split('/').at(-1)!) : to);
      mkdirSync(dirname(target), { recursive: true });
      if (from === 'node_modules') symlinkSync(join(root, from), target);
      else cpSync(join(root, from), target, { recursive: true });
    }
  }
  return app;
}

/** The CMD of a Dockerfile. */
function startCommand(dockerfile: string): string[] {
  const [, command] = /^CMD (\[.*\])$/m.exec(
    readFileSync(join(root, dockerfile), 'utf8')
      .split(/^FROM /m)
      .at(-1)!,
  )!;
  return JSON.parse(command!) as string[];
}

describe.each(['python-inference/Dockerfile', 'python-inference/Dockerfile.gpu'])('%s', (dockerfile) => {
  it('has all that its start command and its health check import', () => {
    const app = layOut(dockerfile);
    const [program, ...args] = startCommand(dockerfile);
    expect(program).toBe('python');
    const run = (words: string[]) =>
      spawnSync(join(root, '.venv/bin/python'), words, {
        cwd: app,
        env: {
          PATH: process.env.PATH,
          PYTHONPATH: `${app}:${app}/gen`,
          PYTHONDONTWRITEBYTECODE: '1',
          PORT: '9',
          HOST: '0.0.0.0',
        },
        encoding: 'utf8',
      });
    expect(run([...args, '--help'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('--tls-cert'),
    });
    expect(run(['-c', 'import inference.server'])).toMatchObject({ status: 0, stderr: '' });
    const check = run(['-m', 'inference.is_serving']);
    expect(check.stderr).toContain('127.0.0.1:9: UNAVAILABLE');
    expect(check.status).toBe(1);
  });
});

describe.skipIf(!existsSync(join(root, 'dist/apps/cli/src/main.js')))('docker/apps.Dockerfile', () => {
  const dockerfile = 'docker/apps.Dockerfile';

  it.each(['database-command.js', 'main.js'])('has all that apps/cli/src/%s imports', (entry) => {
    const app = layOut(dockerfile);
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join('dist/apps/cli/src', entry), '--help'],
      { cwd: app, encoding: 'utf8' },
    );
    expect(stdout + stderr).toContain('Usage:');
    expect(status).toBe(0);
  });

  const isBuilt = (name: string) => existsSync(join(root, `dist/apps/${name}/src/main.js`));
  it.each(['api', 'worker'].filter(isBuilt))('has all that apps/%s imports', (name) => {
    const entry = `dist/apps/${name}/src/main.js`;
    const app = layOut(dockerfile);
    // A setting that cannot be: it says so, which it can only once everything is imported.
    const { stdout, stderr } = spawnSync(process.execPath, [entry], {
      cwd: app,
      env: { PATH: process.env.PATH, BLOB_URL: 'no address' },
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect(stdout + stderr).toContain('BLOB_URL');
    expect(stdout + stderr).not.toContain('ERR_MODULE_NOT_FOUND');
  });
});
