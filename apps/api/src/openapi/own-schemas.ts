import { type OwnSchemaName, schemaRef } from './schema-ref.js';

const text = (description: string) => ({ type: 'string', description });
const moment = (description: string) => ({ type: 'string', format: 'date-time', description });

/** Schemas of what is the HTTP API's own and no message. */
export const ownSchemas: Record<OwnSchemaName, object> = {
  Problem: {
    type: 'object',
    description: 'What went wrong, as RFC 9457 has it.',
    required: ['type', 'title', 'status', 'detail', 'instance', 'reason'],
    additionalProperties: false,
    properties: {
      type: text('about:blank: the status says what kind of problem it is.'),
      title: text('The status in words.'),
      status: { type: 'integer', description: 'The HTTP status.' },
      detail: text('A sentence for people: what happened and what to do.'),
      instance: text('Path of the request.'),
      reason: text('UPPER_SNAKE and stable, for programs.'),
      errors: {
        type: 'array',
        description: 'What is wrong with which field of the request.',
        items: {
          type: 'object',
          required: ['field', 'message'],
          additionalProperties: false,
          properties: {
            field: text('Path within the request.'),
            message: text('Expected … but received ….'),
          },
        },
      },
    },
  },
  CollageSummary: {
    type: 'object',
    description: 'A collage in a list.',
    required: ['id', 'prompt', 'state', 'createdAt'],
    additionalProperties: false,
    properties: {
      id: { type: 'string', format: 'uuid', description: 'Its id.' },
      prompt: text('What was asked.'),
      state: schemaRef('Collage.State'),
      createdAt: moment('When it was asked for.'),
      finishedAt: moment('When it succeeded, failed or was cancelled; absent before.'),
      picture: {
        ...schemaRef('CollageEvent.Rendered'),
        description: 'The picture; absent before it is drawn.',
      },
    },
  },
  CollageList: {
    type: 'object',
    description: 'A page of collages.',
    required: ['collages'],
    additionalProperties: false,
    properties: {
      collages: { type: 'array', items: schemaRef('CollageSummary'), description: 'The newest first.' },
      nextAfter: text('What to give as `after` for the next page; absent on the last one.'),
    },
  },
  PhotoList: {
    type: 'object',
    description: 'A page of photos.',
    required: ['photos'],
    additionalProperties: false,
    properties: {
      photos: { type: 'array', items: schemaRef('Photo'), description: 'The newest first.' },
      nextAfter: text('What to give as `after` for the next page; absent on the last one.'),
    },
  },
  ServerSentEvent: {
    type: 'object',
    description: 'One event of a stream, as its lines say.',
    required: ['id', 'data'],
    properties: {
      id: { type: 'string', pattern: '^[1-9][0-9]*$', description: 'The sequence of the event.' },
      data: {
        type: 'string',
        description: 'The event.',
        contentMediaType: 'application/json',
        contentSchema: schemaRef('CollageEvent'),
      },
    },
  },
  Health: {
    type: 'object',
    description: 'Whether the service can work.',
    required: ['status'],
    additionalProperties: false,
    properties: {
      status: { type: 'string', enum: ['ok', 'unavailable'], description: 'ok, or unavailable.' },
      database: { type: 'string', enum: ['ok', 'unavailable'], description: 'Whether the database answers.' },
    },
  },
  Models: {
    type: 'object',
    description: 'The models that make collages now.',
    required: ['perceptor', 'segmenter'],
    additionalProperties: false,
    properties: { perceptor: schemaRef('ModelIdentity'), segmenter: schemaRef('ModelIdentity') },
  },
};
