import { Metadata, type ServiceError, status as StatusCode } from '@grpc/grpc-js';
import { ErrorInfo } from '@collage/proto/google/rpc/error_details.js';
import { Status } from '@collage/proto/google/rpc/status.js';
import { errorInfoTypeUrl, statusDetailsKey } from '../inference-error.js';

/** A refusal as the real sidecar sends it: a status code and an ErrorInfo in the trailing metadata. */
export class FakeFailure extends Error implements Pick<ServiceError, 'code' | 'details' | 'metadata'> {
  readonly details: string;
  readonly metadata = new Metadata();

  constructor(
    readonly code: StatusCode,
    reason: string,
    message: string,
    info: Record<string, string> = {},
  ) {
    super(message);
    this.details = message;
    const value = Buffer.from(ErrorInfo.encode({ reason, domain: 'collage', metadata: info }).finish());
    const detail = { typeUrl: errorInfoTypeUrl, value };
    const status = Status.encode({ code, message, details: [detail] }).finish();
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
