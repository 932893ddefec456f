import type { NextFunction, Response } from 'express';
import type { ClientRequest } from './client-request.js';
import type { HttpMetrics } from './http-metrics.js';
import type { JsonLog } from '@collage/config/json-log.js';

const COLLAGE_ID = /^\/v1\/collages\/([0-9a-f-]{36})(?=[/:]|$)/;

/**
 * Gives every request an id (sent back as X-Request-Id) and, when it has been answered, logs and counts it.
 * @param newId of a request
 * @param now milliseconds from some fixed point
 */
export function logRequests(log: JsonLog, metrics: HttpMetrics, newId: () => string, now: () => number) {
  return (request: ClientRequest, response: Response, next: NextFunction): void => {
    const began = now();
    request.requestId = newId();
    response.setHeader('X-Request-Id', request.requestId);
    response.once('close', () => {
      const milliseconds = now() - began;
      const path = request.originalUrl.split('?')[0]!.slice(0, 300);
      // The pattern, not the address: there are as many addresses as collages.
      const route = response.headersSent ? (request.route as { path?: string } | undefined)?.path : undefined;
      metrics.answered(request.method, route ?? 'none', response.statusCode, milliseconds / 1000);
      log.write('info', `${request.method} ${path} ${response.statusCode}`, {
        requestId: request.requestId,
        method: request.method,
        path,
        status: response.statusCode,
        milliseconds: Math.round(milliseconds * 10) / 10,
        client: request.client?.owner,
        collageId: request.collageId ?? COLLAGE_ID.exec(path)?.[1],
        finished: response.writableFinished,
      });
    });
    next();
  };
}
