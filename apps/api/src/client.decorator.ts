import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { ApiClient, ClientRequest } from './client-request.js';

/** Who asks; there behind the guard. */
export const Client = createParamDecorator((_: unknown, context: ExecutionContext): ApiClient => {
  return context.switchToHttp().getRequest<ClientRequest>().client!;
});
