import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import multer from 'multer';
import { finalize, type Observable } from 'rxjs';
import type { Response } from 'express';
import { Config } from '@collage/config/config.js';
import type { ClientRequest } from './client-request.js';
import { Places } from './places.js';
import { ProblemError } from './problem.js';
import { RequestInvalid } from './request-invalid.js';

/** Received and decoded at once; each takes up to the size of a file, and 150 MB for 50 megapixels. */
const UPLOADS_AT_ONCE = 4;
const UPLOADS_OF_A_CLIENT = 2;
const MEBIBYTE = 2 ** 20;

/** Receives the form of a photo into memory, within limits: one file, called "photo", and some short texts. */
@Injectable()
export class PhotoUpload implements NestInterceptor {
  private readonly places = new Places({
    count: UPLOADS_AT_ONCE,
    ofAClient: UPLOADS_OF_A_CLIENT,
    what: 'uploads',
  });
  private readonly receive: ReturnType<ReturnType<typeof multer>['single']>;

  constructor(@Inject(Config) private readonly config: Config) {
    const limits = {
      files: 1,
      fileSize: config.UPLOAD_MEBIBYTES * MEBIBYTE,
      fields: 10,
      fieldNameSize: 50,
      fieldSize: 4096,
      parts: 12,
      headerPairs: 20,
    };
    this.receive = multer({ storage: multer.memoryStorage(), limits }).single('photo');
  }

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<ClientRequest>();
    const response = context.switchToHttp().getResponse<Response>();
    if (!request.is('multipart/form-data')) {
      throw new ProblemError({
        status: 415,
        reason: 'UNSUPPORTED_MEDIA_TYPE',
        detail: 'Expected a form (multipart/form-data) with the file "photo" and the text "license".',
      });
    }
    const leave = this.places.take(request.client!.limitedAs);
    try {
      await new Promise<void>((resolve, reject) => {
        this.receive(request, response, (error: unknown) =>
          error ? reject(this.inOurWords(error)) : resolve(),
        );
      });
    } catch (error) {
      leave();
      throw error;
    }
    // Fields without a prototype are no object to class-transformer.
    request.body = { ...request.body };
    return next.handle().pipe(finalize(leave));
  }

  private inOurWords(error: unknown): Error {
    const { code, field = 'form', message } = error as { code?: string; field?: string; message?: string };
    if (code === 'LIMIT_FILE_SIZE') {
      return new ProblemError({
        status: 413,
        reason: 'FILE_TOO_LARGE',
        detail: `Expected a photo of at most ${this.config.UPLOAD_MEBIBYTES} MiB but received a larger one.`,
      });
    }
    if (code === 'LIMIT_UNEXPECTED_FILE')
      return new RequestInvalid(field, 'one file, called "photo",', 'another');
    return new RequestInvalid(field, 'a well-formed form of a few short fields', message);
  }
}
