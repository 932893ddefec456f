import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { HealthController } from '../../apps/api/src/health.controller.js';
import { MetricsController } from '../../apps/worker/src/metrics.controller.js';
import { describeSettings } from '@collage/config/describe-settings.js';

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
  ports?: string[];
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
const example = readFileSync(join(root, '.env.example'), 'utf8');

/** The settings of the sidecar: the keys of DEFAULTS in its settings.py. */
function sidecarSettings(): string[] {
  const python = readFileSync(join(root, 'python-inference/inference/settings.py'), 'utf8');
  const [, defaults] = /^DEFAULTS = \{\n(.*?)^\}/ms.exec(python)!;
  return [...defaults!.matchAll(/^ {4}"([A-Z0-9_]+)":/gm)].map(([, name]) => name!);
}

/** The settings below comments that begin with a word and a colon, such as "Worker". */
function settingsOf(group: string): string[] {
  return example
    .split('\n\n')
    .filter((part) => part.startsWith(`# ${group}:`))
    .flatMap((part) => [...part.matchAll(/^([A-Z0-9_]+)=/gm)].map(([, name]) => name!));
}

/** What the programs of each image read. */
const settingsReadBy: Record<string, string[]> = {
  'docker/apps.Dockerfile': Object.keys(describeSettings()),
  'python-inference/Dockerfile': sidecarSettings(),
  'python-inference/Dockerfile.gpu': sidecarSettings(),
  // MinIO's own: https://min.io/docs/minio/linux/reference/minio-server/settings/root-credentials.html
  'docker/s3.Dockerfile': ['MINIO_ROOT_USER', 'MINIO_ROOT_PASSWORD'],
};

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

  it.each(ours)('%s gets only settings that its program reads', (name, { environment = {}, build }) => {
    const read = settingsReadBy[build!.dockerfile]!;
    for (const [setting, value] of Object.entries(environment)) {
      // The S3 client reads some itself.
      expect(read.includes(setting) || setting.startsWith('AWS_'), `${name}: ${setting}`).toBe(true);
      // Under another's name it would be set by mistake.
      const [, from] = /^\$\{(\w+):-/.exec(value) ?? [];
      if (from !== undefined) expect(from, `${name}: ${setting}`).toBe(setting);
    }
  });

  it.each([
    ['api', 'Service', []],
    // The photos of a folder would have to be mounted into every worker.
    ['worker', 'Worker', ['PHOTOS_DIR']],
  ])('%s gets every setting that .env.example says is of the %s', (name, group, left) => {
    const told = settingsOf(group).filter((setting) => !left.includes(setting));
    expect(told.length).toBeGreaterThan(7);
    expect(Object.keys(file.services[name]!.environment!)).toEqual(expect.arrayContaining(told));
  });

  it.each(['api', 'worker'])('%s can be given another store, TLS to sidecars, and no network', (name) => {
    const settings = 'BLOB_URL AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY OFFLINE'.split(' ');
    const tls = Object.keys(describeSettings()).filter((setting) => setting.startsWith('INFERENCE_TLS_'));
    expect(tls).toHaveLength(3);
    for (const setting of [...settings, ...tls]) {
      const value = file.services[name]!.environment![setting];
      expect(value, setting).toMatch(new RegExp(`^\\$\\{${setting}:-.*\\}$`));
    }
  });

  it('by default takes the store and the bucket that it starts, with the password of that', () => {
    const { BLOB_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = file.services.worker!.environment!;
    const { MINIO_ROOT_USER, MINIO_ROOT_PASSWORD } = file.services.s3!.environment!;
    expect(BLOB_URL).toBe('${BLOB_URL:-s3://collages?endpoint=http://s3:9000}');
    expect(file.services['make-bucket']!.entrypoint!.join(' ')).toContain('here/collages');
    expect(AWS_ACCESS_KEY_ID).toBe(`\${AWS_ACCESS_KEY_ID:-${MINIO_ROOT_USER}}`);
    expect(AWS_SECRET_ACCESS_KEY).toBe(`\${AWS_SECRET_ACCESS_KEY:-${MINIO_ROOT_PASSWORD}}`);
  });

  it('can be reached by others only where its user says so: only the API, from this machine alone', () => {
    expect(services.filter(([, { ports }]) => ports).map(([name]) => name)).toEqual(['api']);
    expect(file.services.api!.ports).toEqual(['${API_ADDRESS:-127.0.0.1}:${API_PORT:-3000}:3000']);
  });

  it('takes its database for well only once it can be reached by the network', () => {
    // While the image sets up its database, a server answers on the socket alone.
    expect(file.services.postgres!.healthcheck!.test).toContain('--host=127.0.0.1');
  });

  it('asks its user for nothing but settings, passwords, an address and a port', () => {
    const asked = new Set(
      [...text.replace(/^ *#.*$/gm, '').matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name]) => name!),
    );
    const known = Object.values(settingsReadBy).flat();
    const keys = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];
    const own = ['POSTGRES_PASSWORD', 'S3_PASSWORD', 'API_ADDRESS', 'API_PORT', ...keys];
    expect([...asked].filter((name) => !known.includes(name)).sort()).toEqual(own.sort());
  });

  it.each(ours.filter(([, { volumes, user }]) => volumes && user))(
    '%s may write to its volumes: their folders are its own in the image',
    (_, { volumes, user, build }) => {
      const dockerfile = readFileSync(join(root, build!.dockerfile), 'utf8');
      for (const volume of volumes!) {
        if (volume.endsWith(':ro')) continue;
        const folder = volume.split(':').at(-1)!;
        expect(dockerfile).toMatch(
          new RegExp(`^RUN install -d -o ${user} -g ${user} (/made)?${folder}$`, 'm'),
        );
      }
    },
  );

  it.each([
    ['api', 'PORT', HealthController.prototype.ready, HealthController],
    ['worker', 'WORKER_METRICS_PORT', MetricsController.prototype.getMetrics, MetricsController],
  ])('%s is asked for its health at an address that there is', (name, port, method, controller) => {
    const { environment, healthcheck } = file.services[name]!;
    const [, asked] = /fetch\('([^']+)'\)/.exec(healthcheck!.test.join(' '))!;
    const path = [controller, method].map((of) => Reflect.getMetadata('path', of) as string);
    expect(asked).toBe(
      `http://127.0.0.1:${environment![port]}/${path.filter((part) => part !== '/').join('/')}`,
    );
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
