import type { NextFunction, Request, Response } from 'express';

/** The documentation's page brings its own script and styles; nothing comes from elsewhere. */
const DOCS_POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; frame-ancestors 'none'";
/** All else is data: should a browser show it, nothing in it runs. */
const DATA_POLICY =
  "default-src 'none'; img-src data: 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/** What browsers are told to do with our answers. No HSTS: a service on a home network speaks plain HTTP. */
export function securityHeaders(request: Request, response: Response, next: NextFunction): void {
  const isDocs = /^\/docs(\/|$)/.test(request.path);
  response.setHeader('Content-Security-Policy', isDocs ? DOCS_POLICY : DATA_POLICY);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  next();
}
