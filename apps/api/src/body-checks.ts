import type { NextFunction, Request, Response } from 'express';
import { ProblemError } from './problem.js';
import { RequestInvalid } from './request-invalid.js';

/** Refuses bodies that are no JSON: what Express does not parse would otherwise pass for none. Forms are for photos. */
export function checkContentType(request: Request, _response: Response, next: NextFunction): void {
  const { 'content-length': length, 'transfer-encoding': transfer } = request.headers;
  const hasBody = transfer !== undefined || Number(length ?? 0) > 0;
  const isForm = request.path === '/v1/photos' && request.is('multipart/form-data');
  if (!hasBody || isForm || request.is('application/json')) {
    next();
    return;
  }
  const received = JSON.stringify(request.headers['content-type'] ?? 'none').slice(0, 200);
  throw new ProblemError({
    status: 415,
    reason: 'UNSUPPORTED_MEDIA_TYPE',
    detail: `Expected a body of Content-Type application/json but received ${received}.`,
  });
}

/** Refuses JSON that is no object; no route takes any. */
export function checkIsObject(request: Request, _response: Response, next: NextFunction): void {
  if (Array.isArray(request.body)) throw new RequestInvalid('body', 'an object', request.body);
  next();
}
