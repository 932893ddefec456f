import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import type { CallOptions, Client, ServiceError } from '@grpc/grpc-js';

/** Path of the standard health method. */
export const healthCheckPath = '/grpc.health.v1.Health/Check';

/** `HealthCheckResponse.ServingStatus`, by number. */
export const servingStatuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;

/** What a server says of itself. */
export type ServingStatus = (typeof servingStatuses)[number];

/**
 * Asks a server by grpc.health.v1 how it is. The two messages have one field each, so they are encoded here
 * rather than generated.
 *
 * @param service full name of a service; empty: the server as a whole
 */
export function checkHealth(
  client: Client,
  service: string,
  options: CallOptions,
  done: (error: ServiceError | null, status?: ServingStatus) => void,
) {
  return client.makeUnaryRequest(
    healthCheckPath,
    encodeHealthRequest,
    decodeHealthResponse,
    { service },
    options,
    done,
  );
}

/** `HealthCheckRequest`; an empty service means the server as a whole. */
export interface HealthCheckRequest {
  service: string;
}

/** `HealthCheckRequest { string service = 1; }` */
export function encodeHealthRequest({ service }: HealthCheckRequest): Buffer {
  const writer = new BinaryWriter();
  if (service !== '') writer.uint32(10).string(service);
  return Buffer.from(writer.finish());
}

/** The reverse. */
export function decodeHealthRequest(bytes: Uint8Array): HealthCheckRequest {
  return { service: readField(bytes, 10, (reader) => reader.string()) ?? '' };
}

/** `HealthCheckResponse { ServingStatus status = 1; }` */
export function encodeHealthResponse(status: ServingStatus): Buffer {
  return Buffer.from(new BinaryWriter().uint32(8).int32(servingStatuses.indexOf(status)).finish());
}

/** The status; one this client does not know counts as `UNKNOWN`. */
export function decodeHealthResponse(bytes: Uint8Array): ServingStatus {
  return servingStatuses[readField(bytes, 8, (reader) => reader.int32()) ?? 0] ?? 'UNKNOWN';
}

/** The field with this tag (number and wire type), if it is there. */
function readField<Value>(bytes: Uint8Array, wanted: number, read: (reader: BinaryReader) => Value) {
  const reader = new BinaryReader(bytes);
  let value: Value | undefined;
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === wanted) value = read(reader);
    else reader.skip(tag & 7);
  }
  return value;
}
