import { jsonSchemas } from '@collage/proto/json-schemas.js';
import { RequestInvalid } from './request-invalid.js';

/** The part of JSON Schema that the schemas generated from the protos use. */
interface Schema {
  $ref?: string;
  type?: string;
  properties?: Readonly<Record<string, Schema>>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  enum?: readonly string[];
  minimum?: number;
  maximum?: number;
}

export type MessageName = keyof typeof jsonSchemas;
const schemas: Readonly<Record<string, Schema>> = jsonSchemas;

/**
 * Holds a JSON value to the form of a message: the same schema that the OpenAPI document shows, so that what is documented
 * is what is taken; its limits (`openapi/message-limits.ts`) are for whoever reads the value. Unknown fields are refused: a misspelt option must not silently be the default.
 * @param field where the value stands in the request, such as "options"
 * @throws RequestInvalid for the first thing that is wrong
 */
export function checkJson(field: string, value: unknown, message: MessageName): void {
  check(field, value, schemas[message]!);
}

function check(field: string, value: unknown, schema: Schema): void {
  if (schema.$ref !== undefined) {
    check(field, value, schemas[schema.$ref.split('/').at(-1)!]!);
    return;
  }
  switch (schema.type) {
    case 'object':
      checkObject(field, value, schema);
      return;
    case 'array':
      if (!Array.isArray(value)) throw new RequestInvalid(field, 'a list', value);
      for (const [index, item] of value.entries()) check(`${field}[${index}]`, item, schema.items!);
      return;
    case 'string':
      if (typeof value !== 'string') throw new RequestInvalid(field, 'a text', value);
      if (schema.enum && !schema.enum.includes(value))
        throw new RequestInvalid(field, `one of ${schema.enum.join(', ')}`, value);
      return;
    case 'boolean':
      if (typeof value !== 'boolean') throw new RequestInvalid(field, 'true or false', value);
      return;
    default:
      checkNumber(field, value, schema);
  }
}

function checkObject(field: string, value: unknown, { properties, additionalProperties }: Schema): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RequestInvalid(field, 'an object', value);
  for (const [name, each] of Object.entries(value)) {
    const schema =
      properties && Object.hasOwn(properties, name) ? properties[name] : additionalProperties || undefined;
    if (schema === undefined || schema === true) {
      const known = Object.keys(properties ?? {}).join(', ');
      throw new RequestInvalid(`${field}.${name}`, `no such field (there are ${known})`, each);
    }
    check(`${field}.${name}`, each, schema);
  }
}

function checkNumber(field: string, value: unknown, { type, minimum, maximum }: Schema): void {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new RequestInvalid(field, 'a number', value);
  if (type !== 'integer') return;
  if (!Number.isInteger(value) || value < minimum! || value > maximum!)
    throw new RequestInvalid(field, `an integer from ${minimum} to ${maximum}`, value);
}
