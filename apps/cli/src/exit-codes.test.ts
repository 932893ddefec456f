import { describe, expect, it } from 'vitest';
import { ConfigError } from '@collage/config/config.js';
import { DatabaseError } from '@collage/database/database-error.js';
import { InferenceError } from '@collage/inference/inference-error.js';
import { EmptyPromptError, NoPhotosFoundError } from '@collage/pipeline/collage-error.js';
import { SourcesFailedError } from '@collage/photos/sources-failed-error.js';
import { OptionInvalidError } from '@collage/pipeline/resolve-options.js';
import { explain } from './exit-codes.js';

describe('explain', () => {
  it.each([
    [new EmptyPromptError(''), 2, 'PROMPT_EMPTY'],
    [new NoPhotosFoundError(['cat'], 3), 3, 'NO_PHOTOS_FOUND'],
    [new SourcesFailedError([]), 3, 'ALL_SOURCES_FAILED'],
    [new OptionInvalidError('seed', 'a number', 'x'), 2, 'OPTION_INVALID'],
    [new ConfigError('THREADS'), 2, 'CONFIG_INVALID'],
    [new InferenceError('SIDECAR_UNREACHABLE', 'gone', 'UNAVAILABLE'), 4, 'SIDECAR_UNREACHABLE'],
    [new DatabaseError('DATABASE_UNREACHABLE', 'gone'), 5, 'DATABASE_UNREACHABLE'],
    [new DatabaseError('DATABASE_BINARIES_MISSING', 'none'), 5, 'DATABASE_BINARIES_MISSING'],
    [new DatabaseError('DATABASE_URL_INVALID', 'no address'), 2, 'DATABASE_URL_INVALID'],
    [Object.assign(new Error('terminating connection'), { code: '57P01' }), 5, 'DATABASE_LOST'],
    [new Error('Connection terminated unexpectedly'), 5, 'DATABASE_LOST'],
    [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 5, 'DATABASE_LOST'],
    [new Error('timeout exceeded when trying to connect'), 5, 'DATABASE_LOST'],
    [new Error('a surprise'), 1, 'UNEXPECTED'],
    ['not even an error', 1, 'UNEXPECTED'],
  ])('gives %s its exit code', (error, code, reason) => {
    expect(explain(error, false)).toMatchObject({ code, reason });
  });

  it('takes any error after Ctrl-C for the cancellation it is', () => {
    expect(explain(new Error('aborted'), true)).toMatchObject({ code: 130, reason: 'CANCELLED' });
  });

  it('shows the stack of a surprise only', () => {
    expect(explain(new Error('a surprise'), false).message).toContain('    at ');
    expect(explain(new EmptyPromptError(''), false).message).not.toContain('    at ');
  });
});
