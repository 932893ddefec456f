import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { PROBLEM_TYPE } from '../problem.js';
import { STATUS_CODES } from '../status-codes.js';
import { schemaRef } from './schema-ref.js';

/** What every route behind the guard may answer. */
const ALWAYS = [401, 429, 500, 503];

/** Documents the problems that a route may answer with, besides those that every route may. */
export function ApiProblems(...statuses: number[]): MethodDecorator & ClassDecorator {
  return applyDecorators(
    ...[...new Set([...statuses, ...ALWAYS])].map((status) =>
      ApiResponse({
        status,
        description: STATUS_CODES[status]!,
        content: { [PROBLEM_TYPE]: { schema: schemaRef('Problem') } },
      }),
    ),
  );
}
