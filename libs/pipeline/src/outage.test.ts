import { describe, expect, it } from 'vitest';
import { DatabaseError } from '@collage/database/database-error.js';
import { FetchError } from '@collage/fetch/fetch-error.js';
import { InferenceError } from '@collage/inference/inference-error.js';
import { EmptyPromptError } from './collage-error.js';
import { outageOf } from './outage.js';

const coded = (code: string) => Object.assign(new Error(`it said ${code}`), { code });

describe('outageOf', () => {
  it.each([
    [new InferenceError('SIDECAR_UNREACHABLE', 'gone', 'UNAVAILABLE'), 'SIDECAR_UNREACHABLE'],
    [new InferenceError('DEADLINE_EXCEEDED', 'silent', 'DEADLINE_EXCEEDED'), 'DEADLINE_EXCEEDED'],
    [new InferenceError('ENCODE_QUEUE_FULL', 'full', 'RESOURCE_EXHAUSTED'), 'ENCODE_QUEUE_FULL'],
    [new InferenceError('SIDECARS_LOST', 'each of them', 'UNAVAILABLE'), 'SIDECARS_LOST'],
    [new InferenceError('RESOURCE_EXHAUSTED', 'later', 'RESOURCE_EXHAUSTED', {}, 500), 'RESOURCE_EXHAUSTED'],
    [new DatabaseError('DATABASE_UNREACHABLE', 'gone'), 'DATABASE_UNREACHABLE'],
    [coded('57P01'), 'DATABASE_UNREACHABLE'],
    [coded('53100'), 'DATABASE_UNREACHABLE'],
    [coded('40P01'), 'DATABASE_UNREACHABLE'],
    [new Error('Connection terminated unexpectedly'), 'DATABASE_UNREACHABLE'],
    [coded('ECONNREFUSED'), 'UNREACHABLE'],
    [coded('ENOSPC'), 'DISK_FULL'],
    [
      Object.assign(new Error('S3'), { isOutage: true, reason: 'BLOB_STORE_UNREACHABLE' }),
      'BLOB_STORE_UNREACHABLE',
    ],
    [new Error('outer', { cause: coded('ECONNRESET') }), 'UNREACHABLE'],
  ])('waits for %s', (error, reason) => {
    expect(outageOf(error)?.reason).toBe(reason);
  });

  it.each([
    [new InferenceError('SCENE_INVALID', 'bad', 'INVALID_ARGUMENT')],
    [new InferenceError('MODEL_CHANGED', 'other', 'FAILED_PRECONDITION')],
    [new InferenceError('RESOURCE_EXHAUSTED', 'message larger than max', 'RESOURCE_EXHAUSTED')],
    [new DatabaseError('DATABASE_SCHEMA', 'newer')],
    [new EmptyPromptError('')],
    [new FetchError('UNREACHABLE', 'https://a.example/', 'is away', { cause: coded('ECONNREFUSED') })],
    [coded('23505')],
    [coded('ENOENT')],
    [Object.assign(new Error('S3'), { isOutage: false, reason: 'BLOB_STORE_REFUSED' })],
    [new Error('anything')],
    ['no error'],
    [undefined],
  ])('does not wait for %s', (error) => {
    expect(outageOf(error)).toBeUndefined();
  });
  it.each([
    ['SIDECAR_UNREACHABLE', 'UNAVAILABLE', false],
    ['ENCODE_QUEUE_FULL', 'RESOURCE_EXHAUSTED', false],
    ['SIDECARS_LOST', 'UNAVAILABLE', true],
    ['CLIMB_INTERRUPTED', 'UNAVAILABLE', true],
    ['DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED', true],
  ] as const)('says of %s whether what was asked may have brought it about', (reason, code, isSuspect) => {
    const error = new Error('outer', { cause: new InferenceError(reason, 'it said', code) });
    expect(outageOf(error)).toEqual({ reason, message: 'it said', isSuspect });
  });
});
