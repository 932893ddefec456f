import fc from 'fast-check';

/** A request that no API of ours may take. */
export interface MalformedRequest {
  method: string;
  /** As it is sent: percent-encoded, well or not. */
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** What options are there, by the kind of value they take: each is then given another. */
const numberOptions = 'seed aspectRatio heightPixels layoutCount photoCount timeBudgetSeconds'.split(' ');
const enumOptions = ['quality', 'backgroundMode', 'pictureFormat'];
const listOptions = ['keyphrases', 'negatives', 'partsOfSpeech', 'licenses'];
const digits = '0123456789abcdef'.split('');
const json = { 'Content-Type': 'application/json' };

/**
 * Requests with one thing wrong in each: bodies that are no JSON, JSON of another shape, values out of their range, ids that
 * are none, addresses that are none, queries, headers and forms.
 * @param id of a collage that there is: so that bodies are read, not only ids
 */
export function malformedRequests(id: string, count: number, seed: number): MalformedRequest[] {
  const collage = `/v1/collages/${id}`;
  const post = (path: string) => (body: unknown) => ({
    method: 'POST',
    path,
    headers: json,
    body: JSON.stringify(body),
  });
  const word = fc.stringMatching(/^[a-z]{1,12}$/);
  const notText = fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.array(word), fc.object());
  const notNumber = fc.oneof(word, fc.boolean(), fc.constant(null), fc.array(fc.integer()), fc.object());
  const notObject = fc.oneof(fc.integer(), word, fc.boolean(), fc.constant(null), fc.array(fc.anything()));
  const notList = fc.oneof(fc.integer(), word, fc.boolean(), fc.constant(null));
  const tooFar = fc.oneof(
    fc.integer({ max: -2 }),
    fc.integer({ min: 2 ** 31, max: 2 ** 40 }),
    fc.constant(1e308),
  );
  const wrongOptions = fc.oneof(
    notObject,
    fc.tuple(fc.constantFrom(...numberOptions), fc.oneof(notNumber, tooFar)).map(asObject),
    fc.tuple(fc.constantFrom(...enumOptions), fc.oneof(word, fc.integer(), fc.constant(null))).map(asObject),
    fc.tuple(fc.constantFrom(...listOptions), notList).map(asObject),
    fc.tuple(fc.constantFrom(...listOptions), fc.array(notText, { minLength: 1 })).map(asObject),
    fc.tuple(fc.constantFrom('__proto__', 'constructor', 'toString', 'x-y'), fc.jsonValue()).map(asObject),
    notObject.map((background) => ({ background })),
  );
  const prompt = 'a cat';
  const body = fc.oneof(
    notText.map((wrong) => ({ prompt: wrong })),
    fc.integer({ min: 1001, max: 5000 }).map((length) => ({ prompt: 'x'.repeat(length) })),
    fc.constantFrom('', ' ', '\t\n', 'a\0b').map((wrong) => ({ prompt: wrong })),
    wrongOptions.map((options) => ({ prompt, options })),
    notText.map((webhookUrl) => ({ prompt, webhookUrl })),
    fc.constantFrom('ftp://a.b/', 'a', '//a', 'javascript:1').map((webhookUrl) => ({ prompt, webhookUrl })),
    fc.tuple(word, fc.jsonValue()).map(([name, value]) => ({ prompt, [`x${name}`]: value })),
  );
  const rerun = fc.oneof(
    fc.jsonValue().map((fromStage) => ({ fromStage })),
    wrongOptions.map((options) => ({ fromStage: 'optimize', options })),
    fc.constant({ fromStage: 'render', options: { seed: 3 } }),
    fc.constant({}),
  );
  const scene = fc.oneof(
    fc.constantFrom({}, { aspectRatio: 1 }, { aspectRatio: 1, background: {}, layers: [] }),
    notObject.map((background) => ({ aspectRatio: 1, background })),
    fc.oneof(notNumber, tooFar).map((aspectRatio) => ({ aspectRatio })),
    fc.array(notObject, { minLength: 1 }).map((layers) => ({ aspectRatio: 1, layers })),
    word.map((name) => ({ [`x${name}`]: 1 })),
  );
  const notJson = fc.oneof(
    fc.json().map((text) => `${text.slice(0, -1)}{`),
    fc.string({ minLength: 1 }).map((text) => `{${text}`),
    fc.constantFrom(
      '"text"',
      '7',
      'null',
      '[]',
      '[{}]',
      '{"a":1,}',
      "{'a':1}",
      '\u{feff}{',
      '[['.repeat(5000),
    ),
    fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from([0xff, ...bytes])),
  );
  const wrongId = fc.oneof(
    fc.string({ minLength: 1 }).map(encodeURIComponent).filter(isNoId),
    fc.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    fc.nat({ max: 35 }).map((at) => `${id.slice(0, at)}%00${id.slice(at)}`),
    fc.tuple(fc.nat({ max: 35 }), fc.constantFrom(...digits)).map(([at, digit]) => replaced(id, at, digit)),
    fc.constantFrom(
      id.toUpperCase(),
      `${id}0`,
      `%20${id}`,
      '%2e%2e',
      '..%2f..',
      '%E0%A4%A',
      '%',
      '%ff',
      'null',
    ),
  );
  const below = fc.constantFrom('', '/events', '/scene', '/scene.svg', '/image', '/credits', '/cutouts/0');
  const query = fc.oneof(
    fc
      .tuple(
        fc.constantFrom('limit', 'after', 'state'),
        fc.constantFrom('', '0', '-1', '1e9', 'x', '%00', '101'),
      )
      .map(([name, value]) => `/v1/collages?${name}=${value}`),
    fc
      .constantFrom('height=15', 'height=4097', 'height=1.5', 'format=gif', 'x=1')
      .map((q) => `${collage}/image?${q}`),
    fc.constantFrom('format=xml', 'format=', 'x=1').map((q) => `${collage}/credits?${q}`),
    fc.constantFrom('height=0', 'cutouts=none', 'x=1').map((q) => `${collage}/scene.svg?${q}`),
    fc.constantFrom('-1', 'x', '1e9', '999999999', '1.5').map((after) => `${collage}/events?after=${after}`),
    fc.constantFrom('limit=0', 'after=0', 'x=1').map((q) => `/v1/photos?${q}`),
  );
  const get = (path: string): MalformedRequest => ({ method: 'GET', path });
  const request = fc.oneof(
    body.map(post('/v1/collages')),
    rerun.map(post(`${collage}:rerun`)),
    scene.map((wrong) => ({ ...post(`${collage}/scene`)(wrong), method: 'PUT' })),
    fc.tuple(notJson, fc.constantFrom('/v1/collages', `${collage}:rerun`)).map(([text, path]) => ({
      ...post(path)({}),
      body: text,
    })),
    fc
      .constantFrom('text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'json', '')
      .map((type) => ({
        ...post('/v1/collages')({ prompt }),
        headers: { 'Content-Type': type },
      })),
    fc.tuple(wrongId, below).map(([wrong, rest]) => get(`/v1/collages/${wrong}${rest}`)),
    fc
      .tuple(wrongId, fc.constantFrom(':cancel', ':rerun'))
      .map(([wrong, action]) => post(`/v1/collages/${wrong}${action}`)({ fromStage: 'render' })),
    wrongId.map((wrong) => ({ method: 'DELETE', path: `/v1/collages/${wrong}` })),
    wrongId.map((wrong) => ({ method: 'DELETE', path: `/v1/photos/${wrong}` })),
    fc.array(word, { minLength: 1, maxLength: 4 }).map((names) => get(`/x${names.join('/')}`)),
    fc
      .tuple(
        fc.constantFrom('PUT', 'PATCH', 'DELETE'),
        fc.constantFrom('/v1/collages', '/v1/photos', `${collage}:rerun`),
      )
      .map(([method, path]) => ({ method, path })),
    query.map(get),
    fc.constantFrom('-1', 'x', '1e3', '12345678901', '0x1').map((last) => ({
      ...get(`${collage}/events`),
      headers: { 'Last-Event-ID': last },
    })),
    fc.integer({ min: 201, max: 2000 }).map((length) => ({
      ...post('/v1/collages')({ prompt }),
      headers: { ...json, 'Idempotency-Key': 'k'.repeat(length) },
    })),
    fc
      .tuple(fc.uint8Array({ maxLength: 2000 }), fc.boolean())
      .map(([bytes, isClosed]) => form(bytes, isClosed)),
  );
  return fc.sample(request, { numRuns: count, seed });
}

const asObject = ([name, value]: [string, unknown]) =>
  JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(value ?? null)}}`);
/** "." and ".." are resolved before they are sent; ":" begins an action. */
const isNoId = (text: string) => !/^\.+$/.test(text);
const replaced = (id: string, at: number, digit: string) =>
  `${id.slice(0, at)}${id[at] === digit ? 'g' : digit}${id.slice(at + 1)}`;

/** A form whose photo is none, or that breaks off. */
function form(bytes: Uint8Array, isClosed: boolean): MalformedRequest {
  const part = (name: string) => `--b\r\nContent-Disposition: form-data; name="${name}"`;
  const body = Buffer.concat([
    Buffer.from(`${part('license')}\r\n\r\nCC0\r\n${part('photo')}; filename="a.png"\r\n\r\n`),
    bytes,
    Buffer.from(isClosed ? '\r\n--b--\r\n' : ''),
  ]);
  return {
    method: 'POST',
    path: '/v1/photos',
    headers: { 'Content-Type': 'multipart/form-data; boundary=b' },
    body,
  };
}
