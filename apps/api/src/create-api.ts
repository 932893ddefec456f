import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import type { NextFunction, Response } from 'express';
import { randomUUID } from 'node:crypto';
import { ApiModule } from './api.module.js';
import type { ApiSurroundings } from './api-surroundings.js';
import { checkContentType, checkIsObject } from './body-checks.js';
import type { ClientRequest } from './client-request.js';
import { HttpMetrics } from './http-metrics.js';
import { checkMethods } from './method-checks.js';
import { openApiDocument } from './openapi/document.js';
import { ProblemFilter } from './problem.filter.js';
import { logRequests } from './request-log.js';
import { securityHeaders } from './security-headers.js';
import { validation } from './validation.js';

/** A scene of 300 layers has 150 kB. */
const MOST_JSON = '1mb';
/** Headers of a request; Node's own limit of 16 KiB holds as well. */
const HEADERS_MILLISECONDS = 20_000;
/** A whole request, a photo over a slow line included. */
const REQUEST_MILLISECONDS = 300_000;

/** The API, ready to listen. */
export async function createApi(surroundings: ApiSurroundings): Promise<NestExpressApplication> {
  const { config, log, version } = surroundings;
  const app = await NestFactory.create<NestExpressApplication>(ApiModule.forRun(surroundings), {
    logger: log,
    bodyParser: false,
    abortOnError: false,
    // Event streams stay open for as long as their clients like.
    forceCloseConnections: true,
  });
  app.disable('x-powered-by');
  app.set('trust proxy', config.PROXY_COUNT);
  app.set('query parser', 'simple');
  const origins = config.CORS_ORIGINS.split(',').filter(Boolean);
  app.use(logRequests(log, app.get(HttpMetrics), randomUUID, () => performance.now()));
  app.use(securityHeaders);
  if (origins.length > 0) {
    app.enableCors({
      origin: config.CORS_ORIGINS === '*' ? '*' : origins,
      exposedHeaders: [
        'Location',
        'Retry-After',
        'RateLimit-Limit',
        'RateLimit-Remaining',
        'RateLimit-Reset',
        'X-Request-Id',
      ],
      maxAge: 3600,
    });
  }
  app.useGlobalPipes(validation());
  const document = openApiDocument(app, version);
  app.use(redirectToDocs);
  app.use(checkMethods(document));
  app.use(checkContentType);
  app.useBodyParser('json', { limit: MOST_JSON });
  app.use(checkIsObject);
  // What fails before a route is reached is a problem like any other.
  const problems = app.get(ProblemFilter);
  app.use((error: unknown, request: ClientRequest, response: Response, _next: NextFunction) =>
    problems.answer(error, request, response),
  );
  SwaggerModule.setup('docs', app, document, {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
  });
  const server = app.getHttpServer();
  server.headersTimeout = HEADERS_MILLISECONDS;
  server.requestTimeout = REQUEST_MILLISECONDS;
  return app;
}

/** Until there is a web page, who comes with a browser finds the documentation. */
function redirectToDocs({ method, path }: ClientRequest, response: Response, next: NextFunction): void {
  if (method === 'GET' && path === '/') response.redirect('/docs');
  else next();
}
