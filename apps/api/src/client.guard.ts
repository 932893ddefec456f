import { type CanActivate, type ExecutionContext, Inject, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import { ApiKeys } from './api-keys.js';
import type { ClientRequest } from './client-request.js';
import { ProblemError } from './problem.js';
import { RateLimit } from './rate-limit.js';

const OPEN = Symbol('open');

/** A route that anyone may ask, as often as they like: health, metrics. */
export const Open = () => SetMetadata(OPEN, true);

/** Lets in who has a key (where there are keys) and has not asked too often; says who it is in `request.client`. */
@Injectable()
export class ClientGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(ApiKeys) private readonly keys: ApiKeys,
    @Inject(RateLimit) private readonly limit: RateLimit,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const isOpen = this.reflector.getAllAndOverride<boolean>(OPEN, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (isOpen) return true;
    const request = context.switchToHttp().getRequest<ClientRequest>();
    const response = context.switchToHttp().getResponse<Response>();
    const client = this.keys.clientOf(keyOf(request), request.ip ?? '');
    if (!client) {
      response.setHeader('WWW-Authenticate', 'Bearer');
      throw new ProblemError({
        status: 401,
        reason: 'API_KEY_NEEDED',
        detail:
          'Expected a key of this service in the header "Authorization: Bearer KEY" but received none that it knows.',
      });
    }
    request.client = client;
    const { allowed, remaining, waitSeconds } = this.limit.take(client.limitedAs, client.requestsPerMinute);
    response.setHeader('RateLimit-Limit', client.requestsPerMinute);
    response.setHeader('RateLimit-Remaining', remaining);
    response.setHeader('RateLimit-Reset', Math.ceil(waitSeconds));
    if (allowed) return true;
    throw new ProblemError({
      status: 429,
      reason: 'RATE_LIMITED',
      detail: `Expected at most ${client.requestsPerMinute} requests a minute. Try again in ${Math.ceil(waitSeconds)} s.`,
      retryAfterSeconds: waitSeconds,
    });
  }
}

function keyOf(request: ClientRequest): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}
