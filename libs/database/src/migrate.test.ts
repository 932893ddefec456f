import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { migrate } from './migrate.js';
import { collagePicture } from './schema/collage-picture.js';
import { collage, collageCheckpoint, collageEvent, collageStage, condemnedBlob } from './schema/collage.js';
import { embedding, model } from './schema/embedding.js';
import { housekeeping } from './schema/housekeeping.js';
import { importProgress } from './schema/import-progress.js';
import { imageText, openImage, openImageClass, openImageLicense } from './schema/open-image.js';
import { text } from './schema/text.js';
import { uploadedPhoto } from './schema/uploaded-photo.js';
import { webhookDelivery } from './schema/webhook-delivery.js';
import { binaries, migrations, skipNote, testDatabases } from './testing/test-databases.js';

const databases = testDatabases();

/** The migrations, and more, in a folder of their own. */
async function withMigrations(more: Record<string, string>): Promise<string> {
  const folder = join(await databases.folder(), 'migrations');
  await mkdir(folder);
  for (const name of await readdir(migrations)) await copyFile(join(migrations, name), join(folder, name));
  for (const [name, sql] of Object.entries(more)) await writeFile(join(folder, name), sql);
  return folder;
}

async function anEmptyDatabase(name: string): Promise<() => Promise<pg.Client>> {
  const database = databases.open(await databases.settingsFor());
  await (await database.connect()).pool.query(`CREATE DATABASE ${name}`);
  const config = await database.connectionConfig();
  return async () => {
    const client = new pg.Client({ ...config, database: name });
    await client.connect();
    return client;
  };
}

describe.skipIf(!binaries)(`migrations (${skipNote})`, { timeout: 180_000 }, () => {
  it('run once when eight connections come at once, five times over', async () => {
    for (let round = 0; round < 5; round++) {
      const connect = await anEmptyDatabase(`round_${round}`);
      const clients = await Promise.all(Array.from({ length: 8 }, connect));
      const ran = await Promise.all(clients.map((client) => migrate(client, migrations)));
      const names = (await readdir(migrations)).filter((name) => name.endsWith('.sql')).sort();
      expect(ran.flat()).toEqual(names);
      await Promise.all(clients.map((client) => client.end()));
    }
  });

  it('leave nothing of one that fails, and go on from there once it is mended', async () => {
    const client = await (await anEmptyDatabase('failing'))();
    const broken = await withMigrations({
      '9999-broken.sql': 'CREATE TABLE half (id int); SELECT nonsense();',
    });
    await expect(migrate(client, broken)).rejects.toThrow('nonsense');
    expect((await client.query("SELECT to_regclass('half') AS half")).rows).toEqual([{ half: null }]);
    const mended = await withMigrations({ '9999-broken.sql': 'CREATE TABLE half (id int);' });
    expect(await migrate(client, mended)).toEqual(['9999-broken.sql']);
    expect(await migrate(client, mended)).toEqual([]);
    await client.end();
  });

  it('refuse a database of a newer version, and a file that was edited', async () => {
    const settings = await databases.settingsFor();
    const newer = await withMigrations({ '9998-newer.sql': 'SELECT 1;' });
    const database = databases.open({ ...settings, migrations: newer });
    await database.connect();
    await database.close();
    await expect(databases.open(settings).connect()).rejects.toMatchObject({
      reason: 'DATABASE_SCHEMA',
      message: expect.stringContaining('9998-newer.sql'),
    });
    const edited = await withMigrations({ '9998-newer.sql': 'SELECT 2;' });
    await expect(databases.open({ ...settings, migrations: edited }).connect()).rejects.toThrow(
      /9998-newer.sql to be as it was/,
    );
  });

  it('of 0007 names what waiting collages begin with, while programs of the version before go on', async () => {
    const client = await (await anEmptyDatabase('before'))();
    const before = await withMigrations({});
    await rm(join(before, '0007-kept-beginnings.sql'));
    await migrate(client, before);
    /** As the version before adds a collage. */
    const add = (id: string, parentId: string | null) =>
      client.query(
        `INSERT INTO collage (id, owner, request_digest, prompt, options, parent_id, base_digest, collage, created_at,
           updated_at, turn) VALUES ($1, '', '', 'a cat', '{}', $2, $3, '{}', now(), now(), 1)`,
        [id, parentId, parentId && 'base'],
      );
    for (const id of ['parent', 'other']) {
      await add(id, null);
      for (const stage of ['layouts', 'optimize']) {
        await client.query('INSERT INTO collage_stage VALUES ($1, $2, $3, $4, now())', [
          id,
          stage,
          'output',
          [`cut-out of ${id}`, `${stage} of ${id}`],
        ]);
      }
    }
    await add('waits', 'parent');
    await migrate(client, migrations);
    await add('added since', 'parent');
    const named = async (id: string) =>
      (await client.query('SELECT base_named_digests AS named FROM collage WHERE id = $1', [id])).rows[0]
        .named;
    expect((await named('waits')).sort()).toEqual([
      'cut-out of parent',
      'layouts of parent',
      'optimize of parent',
    ]);
    expect(await named('added since')).toBeNull();
    await client.end();
  });

  it('make the tables that the code declares, column by column', async () => {
    const { pool } = await databases.open(await databases.settingsFor()).connect();
    const photoLibrary = [
      model,
      embedding,
      text,
      openImage,
      openImageClass,
      openImageLicense,
      imageText,
      importProgress,
    ];
    const collages = [collage, collageEvent, collageStage, collageCheckpoint, condemnedBlob];
    const service = [uploadedPhoto, collagePicture, webhookDelivery, housekeeping];
    const declared = [...photoLibrary, ...collages, ...service].map((table: PgTable) => {
      const { name, columns } = getTableConfig(table);
      return columns.map((column) => `${name}.${column.name} ${column.getSQLType()} ${column.notNull}`);
    });
    const { rows } = await pool.query<{ column: string }>(
      "SELECT format('%s.%s %s %s', relname, attname, format_type(atttypid, atttypmod), attnotnull::text) AS column " +
        "FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relkind = 'r' AND attnum > 0 " +
        "AND relnamespace = 'public'::regnamespace AND relname <> 'migration'",
    );
    expect(declared.flat().sort()).toEqual(rows.map(({ column }) => column).sort());
  });
});
