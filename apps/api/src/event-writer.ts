import { once } from 'node:events';
import type { Request, Response } from 'express';
import { CollageEvent } from '@collage/proto/collage/v1/collage.js';

/** How often a silent stream says that it is alive: proxies close what is silent for 30 or 60 seconds. */
export class Heartbeat {
  constructor(readonly milliseconds: number) {}
}

/** After a cut, browsers come back after so long. */
const RETRY_MILLISECONDS = 2_000;

/** Of the answer that a stream of events is. */
export const EVENT_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-transform',
  // nginx would collect events otherwise.
  'X-Accel-Buffering': 'no',
} as const;

/** Writes a stream of server-sent events, no faster than it is read. */
export class EventWriter {
  private readonly gone = new AbortController();
  private timer?: NodeJS.Timeout;
  /** Aborts when the client has gone. */
  readonly signal = this.gone.signal;

  constructor(
    request: Request,
    private readonly response: Response,
    private readonly heartbeatMilliseconds: number,
  ) {
    response.once('close', () => this.gone.abort());
    // Without this, Nagle's algorithm holds small events back.
    request.socket.setNoDelay(true);
  }

  begin(): void {
    this.response.writeHead(200, EVENT_HEADERS);
    this.response.write(`retry: ${RETRY_MILLISECONDS}\n\n`);
    this.timer = setInterval(() => {
      // Who does not read needs no sign of life.
      if (!this.response.writableNeedDrain) this.response.write(': still here\n\n');
    }, this.heartbeatMilliseconds);
  }

  /** Resolves when the next event may be written. */
  async write(event: CollageEvent): Promise<void> {
    const data = JSON.stringify(CollageEvent.toJSON(event));
    if (!this.response.write(`id: ${event.sequence}\ndata: ${data}\n\n`))
      await once(this.response, 'drain', { signal: this.signal });
  }

  close(): void {
    clearInterval(this.timer);
  }
}
