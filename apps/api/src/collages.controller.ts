import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { CollageStore } from '@collage/collages/collage-store.js';
import { CollagesError } from '@collage/collages/collages-error.js';
import type { CollageSummary } from '@collage/collages/collage-record.js';
import { EventLog } from '@collage/collages/event-log.js';
import { madeAgain } from '@collage/collages/made-again.js';
import { ReprievingBlobs } from '@collage/collages/reprieving-blobs.js';
import {
  Collage,
  Collage_State as State,
  collage_StateFromJSON,
  collage_StateToJSON,
  CollageEvent_Rendered,
} from '@collage/proto/collage/v1/collage.js';
import { optionsOf } from './options-of.js';
import { Client } from './client.decorator.js';
import type { ApiClient, ClientRequest } from './client-request.js';
import { CreateCollageBody, RerunCollageBody } from './create-collage.body.js';
import { NewCollages } from './new-collages.js';
import { ApiProblems } from './openapi/api-problems.js';
import { schemaRef } from './openapi/schema-ref.js';
import { CollagesQuery } from './page.query.js';

const ID = {
  name: 'id',
  schema: { type: 'string' as const, format: 'uuid' },
  description: 'Of the collage.',
};
const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  required: false,
  description: "The client's own name for the request: the same again gives the same collage.",
};
const collage = { 'application/json': { schema: schemaRef('Collage') } };

@ApiTags('collages')
@ApiBearerAuth()
@Controller('v1/collages')
export class CollagesController {
  constructor(
    @Inject(CollageStore) private readonly store: CollageStore,
    @Inject(EventLog) private readonly events: EventLog,
    @Inject(NewCollages) private readonly newCollages: NewCollages,
    @Inject(ReprievingBlobs) private readonly blobs: ReprievingBlobs,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Asks for a collage',
    description: 'It is made by a worker; its events say how far it is.',
  })
  @ApiHeader(IDEMPOTENCY_KEY)
  @ApiResponse({
    status: 202,
    description: 'It waits for a worker; Location is its address.',
    content: collage,
  })
  @ApiResponse({ status: 200, description: 'It had been asked for under this key before.', content: collage })
  @ApiProblems(400, 413, 415, 422)
  async createCollage(
    @Body() { prompt, options, webhookUrl }: CreateCollageBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @Client() client: ApiClient,
    @Req() request: ClientRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<unknown> {
    const asked = { prompt, options: optionsOf(options), webhookUrl, idempotencyKey };
    return this.newCollages.add(asked, client, request, response);
  }

  @Get()
  @ApiOperation({ summary: 'Lists collages, the newest first' })
  @ApiResponse({
    status: 200,
    description: 'A page.',
    content: { 'application/json': { schema: schemaRef('CollageList') } },
  })
  @ApiProblems(400)
  async listCollages(
    @Query() { limit, after, state }: CollagesQuery,
    @Client() { owner }: ApiClient,
  ): Promise<unknown> {
    const only = state === undefined ? undefined : collage_StateFromJSON(state);
    const { collages, nextAfter } = await this.store.list(owner, { limit, after, state: only });
    return { collages: collages.map(summaryJson), nextAfter };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Gives a collage: the recipe, as far as it is made' })
  @ApiParam(ID)
  @ApiResponse({ status: 200, description: 'The collage.', content: collage })
  @ApiProblems(404)
  async getCollage(@Param('id') id: string, @Client() { owner }: ApiClient): Promise<unknown> {
    return Collage.toJSON((await this.store.get(id, owner)).collage);
  }

  @Post(':id\\:cancel')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Ends a collage that is not finished',
    description: 'Cancelling it again changes nothing.',
  })
  @ApiParam(ID)
  @ApiResponse({ status: 200, description: 'The cancelled collage.', content: collage })
  @ApiProblems(404, 409)
  async cancelCollage(@Param('id') id: string, @Client() { owner }: ApiClient): Promise<unknown> {
    await this.events.cancel(id, owner);
    const { collage: ended } = await this.store.get(id, owner);
    if (ended.state === State.CANCELLED) return Collage.toJSON(ended);
    throw new CollagesError(
      'COLLAGE_ENDED',
      `Collage ${id} had ended before it could be cancelled: ${collage_StateToJSON(ended.state)}.`,
    );
  }

  @Post(':id\\:rerun')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Makes a collage again from a stage on, with other options',
    description:
      'The result is a new collage; what the earlier stages found stays, and so does the old collage.',
  })
  @ApiParam(ID)
  @ApiHeader(IDEMPOTENCY_KEY)
  @ApiResponse({ status: 202, description: 'The new collage waits for a worker.', content: collage })
  @ApiResponse({ status: 200, description: 'It had been asked for under this key before.', content: collage })
  @ApiProblems(400, 404, 409, 410, 413, 415, 422)
  async rerunCollage(
    @Param('id') id: string,
    @Body() { fromStage, options, webhookUrl }: RerunCollageBody,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @Client() client: ApiClient,
    @Req() request: ClientRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<unknown> {
    const changed = optionsOf(options);
    return this.newCollages.addMade(
      { asked: { rerunOf: id, fromStage, options, webhookUrl }, idempotencyKey },
      async () => {
        const record = await this.store.get(id, client.owner);
        return { ...(await madeAgain(record, fromStage, changed, this.store, this.blobs)), webhookUrl };
      },
      client,
      request,
      response,
    );
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Removes a collage, ending it where it is not finished' })
  @ApiParam(ID)
  @ApiResponse({ status: 204, description: 'It is gone.' })
  @ApiProblems(404)
  async deleteCollage(@Param('id') id: string, @Client() { owner }: ApiClient): Promise<void> {
    await this.store.delete(id, owner);
  }
}

function summaryJson({ id, prompt, state, picture, createdAt, finishedAt }: CollageSummary): unknown {
  const { digest, ...sizes } = picture ?? {};
  return {
    id,
    prompt,
    state: collage_StateToJSON(state),
    createdAt: createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString(),
    picture:
      digest &&
      CollageEvent_Rendered.toJSON(CollageEvent_Rendered.create({ pictureDigest: digest, ...sizes })),
  };
}
