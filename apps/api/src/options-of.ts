import { CollageOptions } from '@collage/proto/collage/v1/collage.js';
import { checkJson } from './check-json.js';

/**
 * Options from their proto3 JSON: those that are given, and no others, so that what is left out can be told from a zero.
 * @throws RequestInvalid
 */
export function optionsOf(json: object): Partial<CollageOptions> {
  checkJson('options', json, 'CollageOptions');
  const options = CollageOptions.fromJSON(json);
  const given = Object.keys(json) as (keyof CollageOptions)[];
  return Object.fromEntries(given.map((name) => [name, options[name]]));
}
