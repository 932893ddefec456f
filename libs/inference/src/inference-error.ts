import { type ServiceError, status as StatusCode } from '@grpc/grpc-js';
import { ErrorInfo, RetryInfo } from '@collage/proto/google/rpc/error_details.js';
import { Status } from '@collage/proto/google/rpc/status.js';

/** Name of a gRPC status code, such as `INVALID_ARGUMENT`. */
export type InferenceErrorCode = keyof typeof StatusCode;

/**
 * A call to the sidecar that failed.
 *
 * `reason` is UPPER_SNAKE and stable (`UNKNOWN_CUTOUT`, `SCENE_INVALID`, `SIDECAR_UNREACHABLE`,
 * `DEADLINE_EXCEEDED`, `CANCELLED`, ...), `message` is a sentence for people, `metadata` holds what a
 * program needs (of `UNKNOWN_CUTOUT`: `digests`, comma-separated). `retryDelayMilliseconds`: where the server said
 * after how long the same call may succeed.
 */
export class InferenceError extends Error {
  override readonly name = 'InferenceError';

  constructor(
    readonly reason: string,
    message: string,
    readonly code: InferenceErrorCode,
    readonly metadata: Readonly<Record<string, string>> = {},
    readonly retryDelayMilliseconds?: number,
  ) {
    super(message);
  }
}

/** Trailing metadata key of gRPC's richer error model: a serialized google.rpc.Status. */
export const statusDetailsKey = 'grpc-status-details-bin';

/** Type URL of ErrorInfo within the details of a google.rpc.Status. */
export const errorInfoTypeUrl = 'type.googleapis.com/google.rpc.ErrorInfo';

/** Type URL of RetryInfo, likewise. */
export const retryInfoTypeUrl = 'type.googleapis.com/google.rpc.RetryInfo';

/**
 * What the server said about a failed call: its own reason if it sent an ErrorInfo, the name of the status
 * code otherwise.
 */
export function errorOfServer(error: ServiceError): InferenceError {
  const code = nameOf(error.code);
  const info = errorInfoOf(error);
  const message = error.details || error.message;
  return new InferenceError(info?.reason || code, message, code, info?.metadata, retryDelayOf(error));
}

/** The ErrorInfo a server attached to a failure; `undefined` where the transport itself failed. */
export function errorInfoOf(error: ServiceError): ErrorInfo | undefined {
  const detail = detailOf(error, errorInfoTypeUrl);
  return detail && ErrorInfo.decode(detail);
}

function retryDelayOf(error: ServiceError): number | undefined {
  const detail = detailOf(error, retryInfoTypeUrl);
  const delay = detail && RetryInfo.decode(detail).retryDelay;
  return delay && Number(delay.seconds) * 1000 + delay.nanos / 1e6;
}

function detailOf(error: ServiceError, wanted: string): Uint8Array | undefined {
  const [encoded] = error.metadata?.get(statusDetailsKey) ?? [];
  if (!Buffer.isBuffer(encoded)) return undefined;
  return Status.decode(encoded).details.find(({ typeUrl }) => typeUrl === wanted)?.value;
}

/** Whether something thrown is grpc's own error. */
export function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && typeof (error as Partial<ServiceError>).code === 'number';
}

function nameOf(code: number): InferenceErrorCode {
  return (StatusCode[code] as InferenceErrorCode | undefined) ?? 'UNKNOWN';
}
