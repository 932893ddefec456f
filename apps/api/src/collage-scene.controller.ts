import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Put, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { Response } from 'express';
import { CollageStore } from '@collage/collages/collage-store.js';
import { withEditedScene } from '@collage/collages/edited-scene.js';
import { ReprievingBlobs } from '@collage/collages/reprieving-blobs.js';
import { requestDigest } from '@collage/collages/request-digest.js';
import { Scene } from '@collage/proto/collage/v1/scene.js';
import { checkJson } from './check-json.js';
import { Client } from './client.decorator.js';
import type { ApiClient, ClientRequest } from './client-request.js';
import { NewCollages } from './new-collages.js';
import { notMade } from './not-made.js';
import { ApiProblems } from './openapi/api-problems.js';
import { schemaRef } from './openapi/schema-ref.js';

const ID = {
  name: 'id',
  schema: { type: 'string' as const, format: 'uuid' },
  description: 'Of the collage.',
};
const collage = { 'application/json': { schema: schemaRef('Collage') } };

@ApiTags('collages')
@ApiBearerAuth()
@Controller('v1/collages')
export class CollageSceneController {
  constructor(
    @Inject(CollageStore) private readonly store: CollageStore,
    @Inject(ReprievingBlobs) private readonly blobs: ReprievingBlobs,
    @Inject(NewCollages) private readonly newCollages: NewCollages,
  ) {}

  @Get(':id/scene')
  @ApiOperation({ summary: 'Gives the scene: the picture as data' })
  @ApiParam(ID)
  @ApiResponse({
    status: 200,
    description: 'As far as it is made.',
    content: { 'application/json': { schema: schemaRef('Scene') } },
  })
  @ApiProblems(404, 409)
  async getScene(@Param('id') id: string, @Client() { owner }: ApiClient): Promise<unknown> {
    const { collage: made } = await this.store.get(id, owner);
    if (!made.scene) throw notMade(made, 'scene');
    return Scene.toJSON(made.scene);
  }

  @Put(':id/scene')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Draws and credits an edited scene',
    description:
      'The result is a collage of its own, as the events and the recipe of the old one stay true. The same scene again ' +
      'gives the same collage, unless that failed or was cancelled.',
  })
  @ApiParam(ID)
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Another key makes another collage of it.',
  })
  @ApiBody({ schema: schemaRef('Scene'), required: true })
  @ApiResponse({ status: 202, description: 'The new collage waits for a worker.', content: collage })
  @ApiResponse({ status: 200, description: 'This scene had been put before.', content: collage })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async putScene(
    @Param('id') id: string,
    @Body() body: unknown,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @Client() client: ApiClient,
    @Req() request: ClientRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<unknown> {
    checkJson('scene', body, 'Scene');
    const scene = Scene.fromJSON(body);
    const asked = { sceneOf: id, scene: Scene.toJSON(scene) };
    const key = idempotencyKey ?? `scene ${id} ${requestDigest(asked.scene)}`;
    return this.newCollages.addMade(
      { asked, idempotencyKey: key, isKeyOurs: idempotencyKey === undefined },
      async () => withEditedScene(await this.store.get(id, client.owner), scene, this.blobs),
      client,
      request,
      response,
    );
  }
}
