import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { credentials } from '@collage/blobs/testing/start-moto.js';
import { binaries, skipNote, testDatabases } from '@collage/database/testing/test-databases.js';
import { paintedSource } from '@collage/photos/testing/painted-source.js';
import { collageMaking, quickOptions } from './testing/make-collages.js';
import { openApis, type OpenApi } from './testing/open-api.js';

const databases = testDatabases();
const open = openApis();
const licenses = ['CC BY 4.0', 'CC BY-SA 4.0', 'CC0 1.0', 'CC BY 4.0'];
const closings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

async function withMaker(settings: Record<string, string> = {}) {
  const api = await open(await databases.settingsFor(), settings);
  const making = await collageMaking(
    api.database,
    api.store,
    api.events,
    [paintedSource(licenses)],
    api.data,
  );
  closings.push(making.close);
  return { api, make: making.make };
}

async function finished(settings: Record<string, string> = {}) {
  const { api, make } = await withMaker(settings);
  const json = { prompt: 'stripes on a wall', options: quickOptions };
  const { id } = await api.json('/v1/collages', { method: 'POST', json });
  await make(id);
  const collage = await api.json(`/v1/collages/${id}`);
  expect(collage).toMatchObject({ state: 'STATE_SUCCEEDED' });
  return { api, make, id, path: `/v1/collages/${id}`, collage };
}

/** What a request that made a collage answered with, made. */
async function madeBy(api: OpenApi, make: (id: string) => Promise<void>, answer: Response) {
  const { id, detail } = (await answer.json()) as { id: string; detail?: string };
  expect([answer.status, detail]).toEqual([202, undefined]);
  await make(id);
  const collage = await api.json(`/v1/collages/${id}`);
  expect(collage).toMatchObject({ id, state: 'STATE_SUCCEEDED' });
  const told = (await api.events.read(id, 0)).map(({ event }) => event?.$case);
  expect(told.slice(0, 2)).toEqual(['queued', 'stageStarted']);
  expect(told.lastIndexOf('queued')).toBe(0);
  return collage;
}

describe.skipIf(!binaries)(`a finished collage over HTTP (${skipNote})`, { timeout: 120_000 }, () => {
  it('gives its picture, in any size and format, drawn once and with its credits inside', async () => {
    const { api, path } = await finished();
    const picture = await api.call(`${path}/image`);
    expect(picture.headers.get('Content-Type')).toBe('image/png');
    const bytes = await bytesOf(picture);
    expect(await sharp(bytes).metadata()).toMatchObject({ width: 144, height: 96, format: 'png' });
    const etag = picture.headers.get('ETag')!;
    expect(etag).toBe(`"${sha256(bytes)}"`);
    const again = await api.call(`${path}/image`, { headers: { 'If-None-Match': etag } });
    expect(again.status).toBe(304);
    const large = await api.call(`${path}/image?height=200&format=jpeg`);
    expect(large.headers.get('Content-Type')).toBe('image/jpeg');
    const drawn = await bytesOf(large);
    expect(await sharp(drawn).metadata()).toMatchObject({ width: 300, height: 200, format: 'jpeg' });
    expect(drawn.toString('latin1')).toContain('Painter');
    const rows = async () =>
      (
        await (
          await api.database.connect()
        ).pool.query('SELECT height, media_type, digest FROM collage_picture')
      ).rows;
    expect(await rows()).toEqual([{ height: 200, media_type: 'image/jpeg', digest: sha256(drawn) }]);
    expect(await bytesOf(await api.call(`${path}/image?height=200&format=jpeg`))).toEqual(drawn);
    expect(await rows()).toHaveLength(1);
    for (const query of ['height=0', 'height=5000', 'height=9.5', 'format=gif', 'size=3'])
      await api.problem(400, `${path}/image?${query}`);
  });

  it('gives its credits in four forms', async () => {
    const { api, path } = await finished();
    const kinds = { text: 'text/plain', html: 'text/html', markdown: 'text/markdown' };
    for (const [format, mediaType] of Object.entries(kinds)) {
      const answer = await api.call(`${path}/credits?format=${format}`);
      expect(answer.headers.get('Content-Type')).toBe(`${mediaType}; charset=utf-8`);
      expect(answer.headers.get('Content-Security-Policy')).toContain('sandbox');
      const text = await answer.text();
      expect(text).toContain('CC BY-SA 4.0');
      expect(text).toContain('Painter');
    }
    const json = await api.json(`${path}/credits`);
    expect(json.credits.length).toBeGreaterThan(0);
    expect(json.license.license.id).toBe('CC-BY-SA-4.0');
    await api.problem(400, `${path}/credits?format=pdf`);
  });

  it('gives its scene, as data and as SVG with its cut-outs inside or linked', async () => {
    const { api, path, collage } = await finished();
    expect(await api.json(`${path}/scene`)).toEqual(collage.scene);
    const embedded = await (await api.call(`${path}/scene.svg`)).text();
    const { width, height } = await sharp(Buffer.from(embedded)).metadata();
    expect([width, height]).toEqual([144, 96]);
    expect(embedded).toContain('href="data:image/png;base64,');
    const linked = await (await api.call(`${path}/scene.svg?cutouts=linked&height=300`)).text();
    expect(linked).toContain('viewBox="0 0 450 300"');
    const hrefs = [...linked.matchAll(/href="([^"]+)"/g)].map(([, href]) => href!);
    expect(hrefs).toHaveLength(collage.scene.layers.length);
    for (const href of hrefs) {
      const cutout = await api.call(href);
      expect(cutout.headers.get('Content-Type')).toBe('image/png');
      expect(sha256(await bytesOf(cutout))).toBe(href.split('/').at(-1));
    }
    // What is in the blob store but not the collage's own stays there.
    const strange = await api.blobs.put(Buffer.from('secret'));
    await api.problem(404, `${path}/cutouts/${strange}`);
    await api.problem(404, `${path}/cutouts/..%2f..%2fpasswd`);
  });

  it('is drawn anew from an edited scene, once per scene, and stays as it was itself', async () => {
    const { api, make, id, path, collage } = await finished();
    const scene = structuredClone(collage.scene);
    scene.layers = [{ ...scene.layers[0], placement: { centerX: 0.5, centerY: 0.5, height: 0.4 } }];
    scene.aspectRatio = 1;
    const put = { method: 'PUT', json: scene };
    const edited = await madeBy(api, make, await api.call(`${path}/scene`, put));
    expect(edited.scene).toEqual(scene);
    expect(edited.credits).toHaveLength(1);
    expect(edited.evaluation).toBeUndefined();
    const picture = await sharp(await bytesOf(await api.call(`/v1/collages/${edited.id}/image`))).metadata();
    expect([picture.width, picture.height]).toEqual([96, 96]);
    expect(await api.json(path)).toEqual(collage);
    const again = await api.call(`${path}/scene`, put);
    expect([again.status, ((await again.json()) as { id: string }).id]).toEqual([200, edited.id]);
    const other = await api.call(`${path}/scene`, { ...put, headers: { 'Idempotency-Key': 'another' } });
    expect(other.status).toBe(202);
    const foreign = { ...scene.layers[0], cutoutDigest: 'a'.repeat(64) };
    const wrongs: [unknown, string][] = [
      [{ ...scene, layers: [foreign] }, 'layers[0].cutoutDigest'],
      [{ ...scene, aspectRatio: 99 }, 'aspectRatio'],
      [{ ...scene, layer: [] }, 'scene.layer'],
      [{ ...scene, layers: [{ ...scene.layers[0], opacity: '1' }] }, 'scene.layers[0].opacity'],
      [{}, 'aspectRatio'],
    ];
    for (const [json, field] of wrongs) {
      const problem = await api.problem(400, `${path}/scene`, { method: 'PUT', json });
      expect(problem.errors?.[0]?.field).toBe(field);
    }
    expect((await api.problem(400, `${path}/scene`, { method: 'PUT' })).errors?.[0]?.field).toBe('scene');
    expect((await api.store.get(edited.id)).origin).toMatchObject({ collageId: id, stage: 'render' });
  });

  it('is made again from a stage on with other settings; what was found before stays', async () => {
    const { api, make, path, collage } = await finished();
    const rerun = (json: unknown) => api.call(`${path}:rerun`, { method: 'POST', json });
    const other = await madeBy(
      api,
      make,
      await rerun({ fromStage: 'layouts', options: { seed: 8, layoutCount: 3 } }),
    );
    expect(other.photos).toEqual(collage.photos);
    expect(other.options).toMatchObject({ seed: 8, layoutCount: 3, heightPixels: 96 });
    expect(other.scene).not.toEqual(collage.scene);
    const larger = await madeBy(
      api,
      make,
      await rerun({ fromStage: 'render', options: { heightPixels: 128 } }),
    );
    expect(larger.scene).toEqual(collage.scene);
    const { width, height } = await sharp(
      await bytesOf(await api.call(`/v1/collages/${larger.id}/image`)),
    ).metadata();
    expect([width, height]).toEqual([192, 128]);
    // The same from the start is the same collage.
    const same = await madeBy(api, make, await rerun({ fromStage: 'keyphrases' }));
    expect(same.scene).toEqual(collage.scene);
    for (const json of [
      { fromStage: 'render', options: { seed: 9 } },
      { fromStage: 'layouts', options: { photoCount: 9 } },
      { fromStage: 'nothing' },
      {},
    ])
      await api.problem(400, `${path}:rerun`, { method: 'POST', json });
  });

  it('is made again with what its earlier stages did in their time, and so are those made of it', async () => {
    const { api, make } = await withMaker();
    // As many variations as one second is enough for.
    const options = { ...quickOptions, variationCount: 0, timeBudgetSeconds: 1 };
    const json = { prompt: 'stripes on a wall', options };
    const first = await madeBy(api, make, await api.call('/v1/collages', { method: 'POST', json }));
    expect(first.options.variationCount).toBeLessThan(10_000);
    const { variationCount, backgroundIterationCount } = first.options;
    let { id } = first;
    for (const seed of [8, 9]) {
      const again = { method: 'POST', json: { fromStage: 'optimize', options: { seed } } };
      const other = await madeBy(api, make, await api.call(`/v1/collages/${id}:rerun`, again));
      expect(other.options).toMatchObject({ seed, variationCount, backgroundIterationCount });
      ({ id } = other);
    }
  });

  it('is no longer needed where the answer to what was asked of it was lost: the same key gives it again', async () => {
    const { api, path, id, collage } = await finished();
    const key = (name: string) => ({ 'Idempotency-Key': name });
    const rerun = { method: 'POST', json: { fromStage: 'layouts', options: { seed: 8 } }, headers: key('a') };
    const put = { method: 'PUT', json: collage.scene, headers: key('b') };
    const asked: [string, typeof rerun][] = [
      [`${path}:rerun`, rerun],
      [`${path}/scene`, put],
      // Under a key that is made of the scene.
      [`${path}/scene`, { ...put, headers: {} as typeof put.headers }],
    ];
    const ids: string[] = [];
    for (const [address, init] of asked) ids.push((await api.json(address, init)).id);
    expect(new Set(ids).size).toBe(3);
    await api.call(path, { method: 'DELETE' });
    for (const [index, [address, init]] of asked.entries()) {
      const again = await api.call(address, init);
      expect([again.status, ((await again.json()) as { id: string }).id]).toEqual([200, ids[index]]);
    }
    const other = { ...rerun, json: { fromStage: 'layouts', options: { seed: 9 } } };
    expect((await api.problem(422, `${path}:rerun`, other)).reason).toBe('IDEMPOTENCY_KEY_REUSED');
    const elsewhere = path.replace(id, id.replace(/^./, '9'));
    expect((await api.problem(422, `${elsewhere}/scene`, put)).reason).toBe('IDEMPOTENCY_KEY_REUSED');
    await api.problem(404, `${path}:rerun`, { ...rerun, headers: key('c') });
  });

  it('is drawn anew from the same edited scene where that was cancelled before it was drawn', async () => {
    const { api, make, path, collage } = await finished();
    const put = { method: 'PUT', json: { ...collage.scene, aspectRatio: 1 } };
    const { id } = await api.json(`${path}/scene`, put);
    await api.json(`/v1/collages/${id}:cancel`, { method: 'POST' });
    const edited = await madeBy(api, make, await api.call(`${path}/scene`, put));
    expect(edited.id).not.toBe(id);
    expect((await api.json(`${path}/scene`, put)).id).toBe(edited.id);
  });

  it('is answered with 503, and when to come again, while the blob store is down', async () => {
    const whole = await finished();
    const photo = await bytesOf(await whole.api.call(`${whole.path}/image`));
    const store = createServer().listen(0, '127.0.0.1');
    await once(store, 'listening');
    const { port } = store.address() as AddressInfo;
    store.close();
    Object.assign(process.env, credentials);
    const api = await open(whole.api.database.settings, {
      BLOB_URL: `s3://collages/?endpoint=http://127.0.0.1:${port}`,
    });
    const body = new FormData();
    body.set('license', 'CC0');
    body.set('photo', new Blob([Uint8Array.from(photo)]));
    const tries: [string, RequestInit & { json?: unknown }][] = [
      [`${whole.path}/image`, {}],
      [`${whole.path}/scene.svg`, {}],
      ['/v1/photos', { method: 'POST', body }],
      [`${whole.path}/scene`, { method: 'PUT', json: whole.collage.scene }],
    ];
    const answers = await Promise.all(tries.map(([address, init]) => api.call(address, init)));
    for (const answer of answers) {
      expect([answer.status, answer.headers.get('Retry-After')]).toEqual([503, '5']);
      const problem = await answer.json();
      expect(problem).toMatchObject({ reason: 'STORAGE_UNAVAILABLE' });
      // Where it lies is the log's to tell, not the client's to know.
      expect(JSON.stringify(problem)).not.toContain(String(port));
    }
    expect(api.lines.filter(({ stack }) => String(stack).includes(`127.0.0.1:${port}`))).toHaveLength(4);
  });

  it('has nothing of this before it is made', async () => {
    const { api } = await withMaker();
    const { id } = await api.json('/v1/collages', { method: 'POST', json: { prompt: 'stripes' } });
    for (const name of ['image', 'credits', 'scene', 'scene.svg', 'image?height=100'])
      expect((await api.problem(409, `/v1/collages/${id}/${name}`)).reason).toBe('NOT_MADE');
    const json = { aspectRatio: 1, background: { stops: [{ color: {} }] } };
    await api.problem(409, `/v1/collages/${id}/scene`, { method: 'PUT', json });
    await api.problem(409, `/v1/collages/${id}:rerun`, { method: 'POST', json: { fromStage: 'layouts' } });
  });

  it('may hold photos that its client brought, credited as the client states', async () => {
    const { api, make } = await withMaker();
    const bytes = await sharp({ create: { width: 400, height: 300, channels: 3, background: '#c03' } })
      .composite([{ input: { create: { width: 200, height: 150, channels: 3, background: '#0a6' } } }])
      .withExif({ IFD0: { Copyright: 'in the file' } })
      .jpeg()
      .toBuffer();
    const form = (fields: Record<string, string>, file: Buffer = bytes, name = 'photo') => {
      const body = new FormData();
      for (const [key, value] of Object.entries(fields)) body.set(key, value);
      body.set(name, new Blob([Uint8Array.from(file)]), 'mine.jpg');
      return { method: 'POST', body };
    };
    const said = {
      license: 'CC BY 4.0',
      author: 'Ann Uploader',
      title: 'Red stripes',
      sourceUrl: 'https://ann.example/',
    };
    const photo = await api.json('/v1/photos', form(said));
    expect(photo).toMatchObject({
      source: 'upload',
      width: 400,
      credit: { author: 'Ann Uploader', license: { id: 'CC-BY-4.0' } },
    });
    // Encoded anew: nothing of the file is left but what is seen.
    expect((await api.blobs.get(photo.digest)).toString('latin1')).not.toContain('in the file');
    expect((await api.json('/v1/photos')).photos).toEqual([photo]);
    const { id } = await api.json('/v1/collages', {
      method: 'POST',
      json: { prompt: 'red stripes', options: { ...quickOptions, cutoutCount: 5 } },
    });
    await make(id);
    expect((await api.json(`/v1/collages/${id}`)).photos).toContainEqual(
      expect.objectContaining({ digest: photo.digest }),
    );
    const wrongs: [number, string, RequestInit][] = [
      [400, 'license', form({ ...said, license: 'mine' })],
      [400, 'license', form({ ...said, license: 'CC BY-ND 4.0' })],
      [400, 'author', form({ ...said, author: '' })],
      [400, 'sourceUrl', form({ ...said, sourceUrl: 'javascript:alert(1)' })],
      [400, 'rating', form({ ...said, rating: '5' })],
      [400, 'file', form(said, bytes, 'file')],
      [400, 'license', form({})],
    ];
    for (const [status, field, init] of wrongs)
      expect((await api.problem(status, '/v1/photos', init)).errors?.[0]?.field).toBe(field);
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"/>');
    expect((await api.problem(415, '/v1/photos', form(said, svg))).reason).toBe('FORMAT_NOT_ALLOWED');
    await api.problem(422, '/v1/photos', form(said, bytes.subarray(0, bytes.length / 2)));
    await api.problem(415, '/v1/photos', { method: 'POST', json: said });
    expect((await api.call(`/v1/photos/${photo.digest}`, { method: 'DELETE' })).status).toBe(204);
    await api.problem(404, `/v1/photos/${photo.digest}`, { method: 'DELETE' });
    expect((await api.json('/v1/photos')).photos).toEqual([]);
  });

  it('takes as many photos as are set, of each the same again, and says what to do then', async () => {
    const { api } = await withMaker({ UPLOAD_LIMIT: '1' });
    const upload = async (background: string) => {
      const picture = sharp({ create: { width: 400, height: 300, channels: 3, background } });
      const body = new FormData();
      body.set('license', 'CC0');
      body.set('photo', new Blob([Uint8Array.from(await picture.png().toBuffer())]));
      return { method: 'POST', body };
    };
    const { digest } = await api.json('/v1/photos', await upload('#c03'));
    expect(await api.problem(409, '/v1/photos', await upload('#0a6'))).toMatchObject({
      reason: 'TOO_MANY_PHOTOS',
      detail: expect.stringContaining('at most 1 uploaded photos, and all of them are there. Delete some'),
    });
    expect((await api.json('/v1/photos', await upload('#c03'))).digest).toBe(digest);
    await api.call(`/v1/photos/${digest}`, { method: 'DELETE' });
    await api.json('/v1/photos', await upload('#0a6'));
  });

  it('is made of what is stored again just when it was to be deleted', async () => {
    const { api, path, collage } = await finished();
    const photo = await bytesOf(await api.call(`${path}/image`));
    const upload = async () => {
      const body = new FormData();
      body.set('license', 'CC0');
      body.set('photo', new Blob([Uint8Array.from(photo)]));
      const { digest } = await api.json('/v1/photos', { method: 'POST', body });
      return { digest, forget: `/v1/photos/${digest}` };
    };
    const again = (address: string, init: RequestInit & { json?: unknown }) => async () => {
      const { id } = await api.json(address, init);
      return { digest: (await api.store.get(id)).origin!.baseDigest, forget: `/v1/collages/${id}` };
    };
    const { pool } = await api.database.connect();
    for (const store of [
      upload,
      again(`${path}/scene`, { method: 'PUT', json: collage.scene }),
      again(`${path}:rerun`, { method: 'POST', json: { fromStage: 'layouts' } }),
    ]) {
      const { digest, forget } = await store();
      await api.call(forget, { method: 'DELETE' });
      // As housekeeping has it between its look and its deletion.
      await pool.query('INSERT INTO condemned_blob VALUES ($1, now())', [digest]);
      expect((await store()).digest).toBe(digest);
      expect((await pool.query('SELECT FROM condemned_blob')).rowCount).toBe(0);
    }
  });

  it('takes no photo larger than is set', async () => {
    const { api } = await withMaker({ UPLOAD_MEBIBYTES: '1' });
    const body = new FormData();
    body.set('license', 'CC0');
    body.set('photo', new Blob([new Uint8Array(2 ** 20 + 1)]));
    expect((await api.problem(413, '/v1/photos', { method: 'POST', body })).reason).toBe('FILE_TOO_LARGE');
  });
});
