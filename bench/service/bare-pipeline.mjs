/**
 * The pipeline alone as a process: no database, no queue, no HTTP. It has the tools that a worker has, by the worker's own
 * settings, and makes the collages that lines of standard input ask for, one after the other; answers with a line each.
 */
import 'reflect-metadata';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { library, root } from '../collages/workshop.mjs';

const { readConfig } = await library('config/src/config.js');
const { Database } = await library('database/src/database.js');
const { openStores } = await library('blobs/src/open-stores.js');
const { makeCollage } = await library('pipeline/src/make-collage.js');
const { CollageOptions } = await library('proto/src/collage/v1/collage.js');
const { workerTools } = await import(join(root, 'dist', 'apps', 'worker', 'src', 'worker-tools.js'));

const config = readConfig(process.env);
const stores = openStores('', config.DATA_DIR);
// For OpenImages, which is not asked: never connected to.
const database = Object.create(Database.prototype);
const tools = workerTools(
  config,
  root,
  config.DATA_DIR,
  stores,
  stores.blobs,
  database,
  () => {},
  () => 0,
);
const answer = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
answer({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const { prompt, options } = JSON.parse(line);
  const request = { id: '', prompt, options: CollageOptions.fromJSON(options) };
  const making = tools.newTools();
  let pictureDigest;
  for await (const { event } of makeCollage(request, making)) {
    if (event?.$case === 'rendered') ({ pictureDigest } = event.value);
  }
  making.end();
  answer({ pictureDigest });
}
tools.close();
stores.close();
