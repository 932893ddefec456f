import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Service {
  profiles: string[];
  image: string;
  build?: { context: string; dockerfile: string };
  command?: string[];
  entrypoint?: string[];
  user?: string;
  read_only?: boolean;
  cap_drop?: string[];
  tmpfs?: string[];
  restart: string;
  volumes?: string[];
  environment?: Record<string, string>;
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  deploy?: { resources: { limits: { cpus: string; memory: string } } };
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const file = parse(text, { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(file.services);
const ours = services.filter(([, { build }]) => build);
const tool = (name: string) => join(root, '.venv-tools', 'bin', name);
const secrets = { POSTGRES_PASSWORD: 'one', S3_PASSWORD: 'two' };

describe('docker-compose.yml', () => {
  it.each(services)('%s is hardened: read-only, not root, no capabilities, limited', (_, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    expect(service.user).toMatch(/^[1-9]\d*(:[1-9]\d*)?$/);
    expect(service.tmpfs).toContain('/tmp');
    const { cpus, memory } = service.deploy!.resources.limits;
    expect(cpus).toMatch(/^\d+$/);
    expect(memory).toMatch(/^\d+[mg]$/);
  });

  it.each(services)('%s has a pinned image and, if it goes on running, a health check', (_, service) => {
    if (!service.build) expect(service.image).toMatch(/:[^:]*\d[^:]*$/);
    expect(service.image).not.toMatch(/:latest$/);
    if (service.restart !== 'no') expect(service.healthcheck?.test[0]).toBe('CMD');
  });

  it.each(services)('%s waits only for what its own profiles start', (_, { depends_on, profiles }) => {
    for (const [name, { condition }] of Object.entries(depends_on ?? {})) {
      const other = file.services[name]!;
      expect(other.profiles).toEqual(expect.arrayContaining(profiles));
      if (condition === 'service_healthy') expect(other.healthcheck).toBeDefined();
      if (condition === 'service_completed_successfully') expect(other.restart).toBe('no');
    }
  });

  it.each(ours)('%s is built from files that are here', (_, { build, image }) => {
    expect(existsSync(join(root, build!.dockerfile))).toBe(true);
    expect(image).toMatch(/^clip-and-paste-/);
  });

  it.each(ours.filter(([, { command }]) => command?.[0] === 'node'))(
    '%s starts a program of this repository',
    (name, { command }) => {
      const source = command![1]!.replace(/^dist\//, '').replace(/\.js$/, '.ts');
      // Their apps are made in parts; whatever is here must be where the file says.
      if (existsSync(join(root, 'apps', name)) || !['api', 'worker'].includes(name)) {
        expect(existsSync(join(root, source)), source).toBe(true);
      }
      expect(source).toMatch(/^apps\/(api|worker|cli)\/src\/[\w-]+\.ts$/);
    },
  );

  it('gives programs only settings that exist', () => {
    const example = readFileSync(join(root, '.env.example'), 'utf8');
    const python = readFileSync(join(root, 'python-inference/inference/settings.py'), 'utf8');
    // Of the apps that are being made: apps/api and apps/worker.
    const expected = ['HOST', 'PORT', 'PHOTO_SOURCES', 'WORKER_METRICS_PORT'];
    for (const [name, { environment }] of ours) {
      for (const setting of Object.keys(environment ?? {})) {
        const known = new RegExp(`^#? ?${setting}=`, 'm').test(example) || python.includes(`"${setting}":`);
        expect(known || setting.startsWith('AWS_') || expected.includes(setting), `${name}: ${setting}`).toBe(
          true,
        );
      }
    }
  });

  it.skipIf(!existsSync(tool('docker-compose'))).each(['cpu', 'gpu'])(
    'docker-compose itself takes the profile %s',
    (profile) => {
      const compose = (env: Record<string, string>) =>
        spawnSync(tool('docker-compose'), ['--profile', profile, 'config', '--format', 'json'], {
          cwd: root,
          env: { PATH: process.env.PATH, ...env },
          encoding: 'utf8',
        });
      const { status, stdout, stderr } = compose(secrets);
      expect(stderr).toBe('');
      expect(status).toBe(0);
      const started = Object.keys((JSON.parse(stdout) as { services: object }).services);
      expect(started.sort()).toEqual([
        'api',
        'make-bucket',
        'migrate',
        'postgres',
        's3',
        `sidecar-${profile}`,
        'worker',
      ]);
      const refused = compose({ POSTGRES_PASSWORD: 'one' });
      expect(refused.status).not.toBe(0);
      expect(refused.stderr).toContain('set S3_PASSWORD');
    },
  );

  it.skipIf(!existsSync(tool('hadolint'))).each([...new Set(ours.map(([, { build }]) => build!.dockerfile))])(
    'hadolint has nothing to say of %s',
    (dockerfile) => {
      const { status, stdout, stderr } = spawnSync(tool('hadolint'), [dockerfile], {
        cwd: root,
        encoding: 'utf8',
      });
      expect(stdout + stderr).toBe('');
      expect(status).toBe(0);
    },
  );
});
