import { Metadata, type ServiceError, status as StatusCode } from '@grpc/grpc-js';
import { ErrorInfo, RetryInfo } from '@collage/proto/google/rpc/error_details.js';
import { Status } from '@collage/proto/google/rpc/status.js';
import { errorInfoTypeUrl, retryInfoTypeUrl, statusDetailsKey } from '../inference-error.js';

/** A refusal as the real sidecar sends it: a status code and an ErrorInfo in the trailing metadata. */
export class FakeFailure extends Error implements Pick<ServiceError, 'code' | 'details' | 'metadata'> {
  readonly details: string;
  readonly metadata = new Metadata();

  constructor(
    readonly code: StatusCode,
    reason: string,
    message: string,
    info: Record<string, string> = {},
    retryMilliseconds?: number,
  ) {
    super(message);
    this.details = message;
    const value = Buffer.from(ErrorInfo.encode({ reason, domain: 'collage', metadata: info }).finish());
    const details = [{ typeUrl: errorInfoTypeUrl, value }];
    if (retryMilliseconds !== undefined) {
      const retryDelay = {
        seconds: String(Math.floor(retryMilliseconds / 1000)),
        nanos: (retryMilliseconds % 1000) * 1e6,
      };
      const retry = Buffer.from(RetryInfo.encode({ retryDelay }).finish());
      details.push({ typeUrl: retryInfoTypeUrl, value: retry });
    }
    const status = Status.encode({ code, message, details }).finish();
    this.metadata.set(statusDetailsKey, Buffer.from(status));
  }
}

/** The refusal of a request; the message names the field, what was expected and what came. */
export function requestInvalid(
  field: string,
  expected: string,
  received: string,
  reason = 'REQUEST_INVALID',
) {
  const message = `Expected ${expected} for ${field} but received ${received}`;
  return new FakeFailure(StatusCode.INVALID_ARGUMENT, reason, message, { field });
}

/** The refusal of bytes that are no picture. */
export function pictureUnreadable(error: Error): FakeFailure {
  const received = `something else (${error.message})`;
  return requestInvalid('picture', 'JPEG, PNG or WebP', received, 'PICTURE_UNREADABLE');
}
