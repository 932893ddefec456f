/**
 * JSON schemas of the proto3 JSON of our messages, made of their descriptors: what the OpenAPI document shows, and what
 * request bodies are held to, so that neither can drift from `proto/`.
 *
 * They describe the form that proto3 JSON is written in: lower camel case, enums by name, numbers as numbers.
 */
import { createFileRegistry, fromBinary, ScalarType } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

const PACKAGE = 'collage.v1.';
/** Field numbers that a descriptor's comments are found by. */
const MESSAGE = 4;
const ENUM = 5;
const NESTED_MESSAGE = 3;
const NESTED_ENUM = 4;
const FIELD = 2;

/**
 * @param descriptors bytes of a FileDescriptorSet with comments
 * @param roots names of messages, without the package; what they hold comes with them
 * @returns schemas by name, in alphabetical order
 */
export function jsonSchemas(descriptors, roots) {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptors));
  const schemas = new Map();
  const visit = (type) => {
    const name = nameOf(type);
    if (schemas.has(name)) return;
    schemas.set(name, undefined);
    schemas.set(name, type.kind === 'enum' ? enumSchema(type) : messageSchema(type, visit));
  };
  for (const root of roots) visit(registry.getMessage(PACKAGE + root));
  return Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function nameOf({ typeName }) {
  return typeName.slice(PACKAGE.length);
}

function enumSchema(type) {
  return { type: 'string', description: commentOf(type), enum: type.values.map(({ name }) => name) };
}

function messageSchema(type, visit) {
  const properties = type.fields.map((field) => {
    if (field.message) visit(field.message);
    if (field.enum) visit(field.enum);
    return [field.jsonName, fieldSchema(field)];
  });
  return {
    type: 'object',
    description: commentOf(type),
    properties: Object.fromEntries(properties),
    additionalProperties: false,
  };
}

function fieldSchema(field) {
  const description = commentOf(field);
  if (field.fieldKind === 'list') return { type: 'array', items: valueSchema(field), description };
  if (field.fieldKind === 'map') {
    return { type: 'object', additionalProperties: valueSchema(field), description };
  }
  return { ...valueSchema(field), description };
}

function valueSchema({ message, enum: names, scalar }) {
  const named = message ?? names;
  if (named) return { $ref: `#/components/schemas/${nameOf(named)}` };
  switch (scalar) {
    case ScalarType.STRING:
      return { type: 'string' };
    case ScalarType.BOOL:
      return { type: 'boolean' };
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return { type: 'number' };
    case ScalarType.INT32:
      return { type: 'integer', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };
    case ScalarType.BYTES:
      return { type: 'string', contentEncoding: 'base64' };
    default:
      throw new Error(`Expected a scalar type that scripts/json-schemas.mjs knows but received ${scalar}`);
  }
}

/** The comment before a message, enum or field, its lines joined. */
function commentOf(described) {
  const path = pathOf(described).join(' ');
  const file = described.kind === 'field' ? described.parent.file : described.file;
  const found = file.proto.sourceCodeInfo.location.find((location) => location.path.join(' ') === path);
  return (found?.leadingComments ?? '').trim().replaceAll(/\s*\n\s*/g, ' ');
}

function pathOf(described) {
  const { parent, file } = described;
  if (described.kind === 'field') return [...pathOf(parent), FIELD, parent.fields.indexOf(described)];
  const isMessage = described.kind === 'message';
  if (!parent) {
    return isMessage ? [MESSAGE, file.messages.indexOf(described)] : [ENUM, file.enums.indexOf(described)];
  }
  return isMessage
    ? [...pathOf(parent), NESTED_MESSAGE, parent.nestedMessages.indexOf(described)]
    : [...pathOf(parent), NESTED_ENUM, parent.nestedEnums.indexOf(described)];
}
