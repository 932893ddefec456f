import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { binaries, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import { isCompiled } from '../e2e/service.js';
import { authorizationOf, type ServedApi, serveApi } from './served-api.js';

const program = fileURLToPath(new URL('../../.venv-tools/bin/schemathesis', import.meta.url));
const isThere = existsSync(program);
const note = isThere ? skipNote : 'skipped: schemathesis could not be installed';
const SEED = '7';
/** Cases that are drawn for each operation, besides those that cover the limits of its schema. */
const EXAMPLES = '10';
/**
 * Not that all is taken that the schema allows: it cannot say that a license is known, a width follows from height and
 * aspect ratio, a file is a photo.
 */
const LEFT_OUT = 'positive_data_acceptance';

describe.skipIf(!binaries || !isCompiled || !isThere)(
  `the API as its OpenAPI document has it (${note})`,
  { timeout: 300_000 },
  () => {
    const databases = testDatabases();
    let folder: string;
    let api: ServedApi;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'schemathesis-'));
    });
    afterAll(async () => rm(folder, { recursive: true }));

    /** Runs it on what the API serves; what it tells where it found something. */
    async function run(args: string[], config = ''): Promise<{ code: number | null; told: string }> {
      const configFile = join(folder, 'schemathesis.toml');
      await writeFile(configFile, config);
      const options = {
        header: `Authorization: ${authorizationOf('ann')}`,
        checks: 'all',
        'exclude-checks': LEFT_OUT,
        seed: SEED,
        'max-examples': EXAMPLES,
        'generation-database': 'none',
        'request-timeout': '60',
      };
      const given = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
      const child = spawn(
        program,
        [
          '--config-file',
          configFile,
          'run',
          `${api.address}/openapi.json`,
          '--continue-on-failure',
          '--no-color',
          ...given,
          ...args,
        ],
        { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
      );
      let told = '';
      child.stdout.on('data', (data) => (told += data));
      child.stderr.on('data', (data) => (told += data));
      const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
      return { code, told };
    }

    function expectNoFaults({ code, told }: { code: number | null; told: string }): void {
      // Beside schemathesis' own verdict: it is to have tried something.
      const passed = /(\d+) generated, (\d+) passed/.exec(told);
      expect(told).not.toMatch(/ERRORS/);
      expect(code, told).toBe(0);
      expect(Number(passed?.[2])).toBeGreaterThan(100);
      const unexpected = api.log.filter(({ level }) => level === 'error');
      expect(unexpected).toEqual([]);
    }

    it('answers whatever is asked as documented, and in any order', async () => {
      api = await serveApi(databases, { UNFINISHED_LIMIT: '100000' });
      try {
        // A stream of a collage that waits for a worker has no end.
        const phases = 'coverage,fuzzing,stateful';
        expectNoFaults(await run(['--phases', phases, '--exclude-path-regex', 'events$']));
      } finally {
        await api.close();
      }
    });

    it('answers about a finished collage as documented', async () => {
      api = await serveApi(databases, { UNFINISHED_LIMIT: '100000' });
      try {
        const id = await api.makeCollage();
        const args = ['--phases', 'coverage,fuzzing', '--exclude-method', 'DELETE'];
        const paths = ['--include-path-regex', '/collages/[{]id[}]'];
        expectNoFaults(await run([...args, ...paths], `[parameters]\nid = "${id}"\n`));
      } finally {
        await api.close();
      }
    });
  },
);
