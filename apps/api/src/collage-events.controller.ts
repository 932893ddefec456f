import { Controller, Get, Headers, HttpCode, Inject, Param, Query, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { CollageStore } from '@collage/collages/collage-store.js';
import { EventStream } from '@collage/collages/event-stream.js';
import { isEndState } from './end-states.js';
import { Client } from './client.decorator.js';
import type { ApiClient, ClientRequest } from './client-request.js';
import { EVENT_HEADERS, EventWriter, Heartbeat } from './event-writer.js';
import { HttpMetrics } from './http-metrics.js';
import { ApiProblems } from './openapi/api-problems.js';
import { schemaRef } from './openapi/schema-ref.js';
import { Places } from './places.js';
import { RequestInvalid } from './request-invalid.js';

/** More would be a client gone wrong; each takes some 50 kB. */
const MOST_STREAMS = 2_000;
const STREAMS_OF_A_CLIENT = 500;

@ApiTags('collages')
@ApiBearerAuth()
@Controller('v1/collages')
export class CollageEventsController {
  private readonly places = new Places({
    count: MOST_STREAMS,
    ofAClient: STREAMS_OF_A_CLIENT,
    what: 'event streams',
  });

  constructor(
    @Inject(CollageStore) private readonly store: CollageStore,
    @Inject(EventStream) private readonly stream: EventStream,
    @Inject(HttpMetrics) private readonly metrics: HttpMetrics,
    @Inject(Heartbeat) private readonly heartbeat: Heartbeat,
  ) {}

  @Get(':id/events')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Tells what happens to a collage, from its first event to its last',
    description:
      'Server-sent events: `id` is the event’s sequence, `data` the proto3 JSON of a CollageEvent. The first is `queued`, ' +
      'there at once; what a worker does follows. A stream that was cut goes on where it was with Last-Event-ID, at any ' +
      'replica, and misses nothing. It ends after the last event; asked again then, it answers 204, which tells browsers ' +
      'to stop.',
  })
  @ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' }, description: 'Of the collage.' })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Only events after this one.' })
  @ApiQuery({
    name: 'after',
    required: false,
    schema: { type: 'integer', minimum: 0 },
    description: 'As Last-Event-ID, which wins over it.',
  })
  @ApiResponse({
    status: 200,
    description: 'The events.',
    content: { 'text/event-stream': { schema: schemaRef('ServerSentEvent') } },
  })
  @ApiResponse({ status: 204, description: 'The collage has ended, and nothing follows.' })
  @ApiProblems(400, 404)
  async followCollage(
    @Param('id') id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Query('after') afterQuery: unknown,
    @Client() { owner, limitedAs }: ApiClient,
    @Req() request: ClientRequest,
    @Res() response: Response,
  ): Promise<void> {
    const { eventCount, collage } = await this.store.get(id, owner);
    const field = lastEventId ? 'Last-Event-ID' : 'after';
    const after = readAfter(field, lastEventId || afterQuery, eventCount);
    if (isEndState(collage.state) && after === eventCount) {
      response.status(204).end();
      return;
    }
    if (request.method === 'HEAD') {
      // It has no body: nothing to wait for.
      response.writeHead(200, EVENT_HEADERS).end();
      return;
    }
    const leave = this.places.take(limitedAs);
    this.metrics.openStreams.inc();
    const writer = new EventWriter(request, response, this.heartbeat.milliseconds);
    try {
      writer.begin();
      for await (const event of this.stream.follow(id, after, writer.signal)) await writer.write(event);
      response.end();
    } catch (error) {
      // Whoever has gone does not hear of it.
      if (!writer.signal.aborted) throw error;
    } finally {
      writer.close();
      leave();
      this.metrics.openStreams.dec();
    }
  }
}

/** The number of an event that there has been, or 0. */
function readAfter(field: string, given: unknown, eventCount: number): number {
  if (given === undefined) return 0;
  const number = typeof given === 'string' && /^\d{1,9}$/.test(given) ? Number(given) : NaN;
  if (number <= eventCount) return number;
  throw new RequestInvalid(field, `the number of one of the ${eventCount} events so far`, given);
}
