import type { Writable } from 'node:stream';

/**
 * Writes one message and waits while the transport is full, so that a fast producer does not pile up its
 * messages in memory.
 *
 * @param ended settles when the call is over: a call that ended never drains
 */
export async function sendMessage(
  stream: Writable,
  message: unknown,
  ended: Promise<unknown>,
): Promise<void> {
  if (stream.writableEnded || stream.destroyed || stream.write(message)) return;
  let drained = () => {};
  const drain = new Promise<void>((resolve) => stream.once('drain', (drained = resolve)));
  await Promise.race([drain, ended]);
  stream.off('drain', drained);
}
