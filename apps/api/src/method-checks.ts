import type { NextFunction, Request, Response } from 'express';
import type { OpenAPIObject } from '@nestjs/swagger';
import { ProblemError } from './problem.js';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

/** Answers 405 where an address is known, but not with this method. */
export function checkMethods({ paths }: OpenAPIObject) {
  const known = Object.entries(paths).map(([path, operations]) => ({
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{[^}]+\}/g, '[^/:]+')}/?$`),
    methods: METHODS.filter((method) => operations[method]).map((method) => method.toUpperCase()),
  }));
  return (request: Request, response: Response, next: NextFunction): void => {
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const here = known.filter(({ pattern }) => pattern.test(request.path)).flatMap(({ methods }) => methods);
    if (here.length === 0 || method === 'OPTIONS' || here.includes(method)) {
      next();
      return;
    }
    response.setHeader('Allow', here.join(', '));
    throw new ProblemError({
      status: 405,
      reason: 'METHOD_NOT_ALLOWED',
      detail: `Expected ${here.join(' or ')} for ${request.path} but received ${request.method.slice(0, 20)}.`,
    });
  };
}
