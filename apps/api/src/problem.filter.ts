import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import type { Response } from 'express';
import { JsonLog } from '@collage/config/json-log.js';
import { PROBLEM_TYPE, problemOf } from './problem.js';
import { problemOfError } from './problem-of-error.js';
import type { ClientRequest } from './client-request.js';

/** Answers every error, ours, Nest's and Express's, as problem+json (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(JsonLog) private readonly jsonLog: JsonLog) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<ClientRequest>(), http.getResponse<Response>());
  }

  answer(error: unknown, request: ClientRequest, response: Response): void {
    const parts = problemOfError(error);
    if (parts.status >= 500) {
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.jsonLog.write('error', parts.detail, {
        requestId: request.requestId,
        reason: parts.reason,
        stack,
      });
    }
    // A stream that has begun can only end; its client resumes it.
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (parts.retryAfterSeconds !== undefined)
      response.setHeader('Retry-After', String(Math.ceil(parts.retryAfterSeconds)));
    const path = request.originalUrl.split('?')[0]!;
    response.removeHeader('Content-Disposition');
    response.status(parts.status).setHeader('Content-Type', PROBLEM_TYPE);
    response.end(request.method === 'HEAD' ? undefined : JSON.stringify(problemOf(parts, path)));
  }
}
