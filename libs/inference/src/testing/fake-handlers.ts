import type {
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleUnaryCall,
  ServerDuplexStream,
  ServiceError,
} from '@grpc/grpc-js';
import { sendMessage } from '../send-message.js';

/** A handler that answers by a promise. */
export function serveUnary<Request, Response>(
  answer: (request: Request) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, done) => {
    answer(call.request).then(
      (response) => done(null, response),
      (error: ServiceError) => done(error),
    );
  };
}

/** A handler that reads a stream and answers once. */
export function serveClientStream<Request, Response>(
  answer: (requests: AsyncIterable<Request>) => Promise<Response>,
): handleClientStreamingCall<Request, Response> {
  return (call, done) => {
    answer(call).then(
      (response) => done(null, response),
      (error: ServiceError) => done(error),
    );
  };
}

/** A handler that reads a stream and writes another; the generator is ended when the client cancels. */
export function serveStream<Request, Response>(
  answer: (requests: AsyncIterable<Request>) => AsyncGenerator<Response, void>,
): handleBidiStreamingCall<Request, Response> {
  return (call) => {
    // Without this, reading to the end would destroy the writing side with the reading side.
    const requests = call.iterator({ destroyOnReturn: false });
    writeAll(call, answer(requests)).then(
      () => call.end(),
      (error: ServiceError) => call.emit('error', error),
    );
  };
}

async function writeAll<Request, Response>(
  call: ServerDuplexStream<Request, Response>,
  responses: AsyncGenerator<Response, void>,
): Promise<void> {
  const cancelled = new Promise<void>((resolve) => call.once('cancelled', () => resolve()));
  for await (const response of responses) {
    if (call.cancelled) return;
    await sendMessage(call, response, cancelled);
  }
}
