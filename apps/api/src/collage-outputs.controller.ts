import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { BlobStore } from '@collage/blobs/blob-store.js';
import { CollageStore } from '@collage/collages/collage-store.js';
import { Client } from './client.decorator.js';
import type { ApiClient } from './client-request.js';
import { CollagePictures } from './collage-pictures.js';
import { creditsAs } from './credits-as.js';
import { ApiProblems } from './openapi/api-problems.js';
import { CreditsQuery, ImageQuery, SvgQuery } from './output.queries.js';
import { sceneSvg } from './scene-svg.js';
import { ProblemError } from './problem.js';

const ID = {
  name: 'id',
  schema: { type: 'string' as const, format: 'uuid' },
  description: 'Of the collage.',
};
const textSchema = { schema: { type: 'string' as const } };
const bytesSchema = { schema: { type: 'string' as const, format: 'binary' } };

/** What a finished collage gives: picture, credits, vector drawing. */
@ApiTags('collages')
@ApiBearerAuth()
@Controller('v1/collages')
export class CollageOutputsController {
  constructor(
    @Inject(CollageStore) private readonly store: CollageStore,
    @Inject(BlobStore) private readonly blobs: BlobStore,
    @Inject(CollagePictures) private readonly pictures: CollagePictures,
  ) {}

  @Get(':id/image')
  @ApiOperation({
    summary: 'Gives the picture',
    description:
      'At another height, or in another format, it is drawn from the full-resolution cut-outs when first asked for.',
  })
  @ApiParam(ID)
  @ApiResponse({
    status: 200,
    description: 'The picture, with the credits in it as XMP.',
    content: { 'image/png': bytesSchema, 'image/jpeg': bytesSchema },
  })
  @ApiResponse({ status: 304, description: 'It is as If-None-Match has it.' })
  @ApiProblems(400, 404, 409, 410, 422)
  async getImage(
    @Param('id') id: string,
    @Query() query: ImageQuery,
    @Client() { owner }: ApiClient,
    @Res() response: Response,
  ): Promise<void> {
    const record = await this.store.get(id, owner);
    const { digest, mediaType } = await this.pictures.find(record, query);
    const name = `${id}.${mediaType === 'image/png' ? 'png' : 'jpg'}`;
    response.setHeader('Content-Disposition', `inline; filename="${name}"`);
    await this.sendBlob(response, digest, mediaType);
  }

  @Get(':id/credits')
  @ApiOperation({ summary: 'Gives the credits of all photos that are seen, and the license of the collage' })
  @ApiParam(ID)
  @ApiResponse({
    status: 200,
    description: 'The credits.',
    content: {
      'application/json': { schema: { $ref: '#/components/schemas/Collage' } },
      'text/plain': textSchema,
      'text/html': textSchema,
      'text/markdown': textSchema,
    },
  })
  @ApiProblems(400, 404, 409)
  async getCredits(
    @Param('id') id: string,
    @Query() { format }: CreditsQuery,
    @Client() { owner }: ApiClient,
    @Res() response: Response,
  ): Promise<void> {
    const { collage } = await this.store.get(id, owner);
    const { mediaType, text } = creditsAs(format, collage);
    response.setHeader('Content-Type', mediaType).send(text);
  }

  @Get(':id/scene.svg')
  @ApiOperation({ summary: 'Gives the scene as SVG' })
  @ApiParam(ID)
  @ApiResponse({ status: 200, description: 'The drawing.', content: { 'image/svg+xml': textSchema } })
  @ApiProblems(400, 404, 409, 410)
  async getSceneSvg(
    @Param('id') id: string,
    @Query() query: SvgQuery,
    @Client() { owner }: ApiClient,
    @Res() response: Response,
  ): Promise<void> {
    const { collage, options } = await this.store.get(id, owner);
    const height = query.height ?? options.heightPixels;
    const svg = await sceneSvg(collage, height, query.cutouts, this.blobs);
    response.setHeader('Content-Type', 'image/svg+xml; charset=utf-8').send(svg);
  }

  @Get(':id/cutouts/:digest')
  @ApiOperation({ summary: 'Gives a cut-out of the collage, as linked by scene.svg?cutouts=linked' })
  @ApiParam(ID)
  @ApiParam({
    name: 'digest',
    schema: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    description: 'Of the cut-out.',
  })
  @ApiResponse({ status: 200, description: 'Straight alpha.', content: { 'image/png': bytesSchema } })
  @ApiResponse({ status: 304, description: 'It is as If-None-Match has it.' })
  @ApiProblems(404, 410)
  async getCutout(
    @Param('id') id: string,
    @Param('digest') digest: string,
    @Client() { owner }: ApiClient,
    @Res() response: Response,
  ): Promise<void> {
    const { collage } = await this.store.get(id, owner);
    if (!collage.cutouts.some((cutout) => cutout.digest === digest)) {
      throw new ProblemError({
        status: 404,
        reason: 'CUTOUT_UNKNOWN',
        detail: `Collage ${id} has no cut-out ${JSON.stringify(digest.slice(0, 80))}.`,
      });
    }
    await this.sendBlob(response, digest, 'image/png');
  }

  private async sendBlob(response: Response, digest: string, mediaType: string): Promise<void> {
    response.setHeader('ETag', `"${digest}"`).setHeader('Cache-Control', 'private, no-cache');
    response.setHeader('Content-Type', mediaType);
    const known = response.req.headers['if-none-match']?.split(/\s*,\s*/);
    // Before the bytes are read, and checked. A digest does not change: what the client has is what there is.
    if (known?.includes(`"${digest}"`)) response.status(304).end();
    else response.end(await this.blobs.get(digest));
  }
}
