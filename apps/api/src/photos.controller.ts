import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  UploadedFile,
  UseInterceptors,
} from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { UploadedPhotos } from '@collage/collages/uploaded-photos.js';
import { Photo } from '@collage/proto/collage/v1/photo.js';
import { Client } from './client.decorator.js';
import type { ApiClient } from './client-request.js';
import { ApiProblems } from './openapi/api-problems.js';
import { schemaRef } from './openapi/schema-ref.js';
import { PhotosQuery } from './page.query.js';
import { PhotoBody, photoForm } from './photo.body.js';
import { PhotoUpload } from './photo-upload.interceptor.js';
import { ProblemError } from './problem.js';
import { RequestInvalid } from './request-invalid.js';

/** Photos that clients bring: a source of their collages, next to those of the service. */
@ApiTags('photos')
@ApiBearerAuth()
@Controller('v1/photos')
export class PhotosController {
  constructor(@Inject(UploadedPhotos) private readonly photos: UploadedPhotos) {}

  @Post()
  @UseInterceptors(PhotoUpload)
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: photoForm, required: true })
  @ApiOperation({
    summary: 'Takes a photo for your collages',
    description:
      'JPEG, PNG, WebP, AVIF or HEIF of at most 50 megapixels. It is decoded and encoded anew: nothing but what is seen is ' +
      'kept. The same photo again replaces what was said of it. There may be no more of yours than the service has set (UPLOAD_LIMIT).',
  })
  @ApiResponse({
    status: 201,
    description: 'The photo.',
    content: { 'application/json': { schema: schemaRef('Photo') } },
  })
  @ApiProblems(400, 409, 413, 415, 422)
  async uploadPhoto(
    @UploadedFile() file: Express.Multer.File | undefined,
    @Body() said: PhotoBody,
    @Client() { owner }: ApiClient,
  ): Promise<unknown> {
    if (!file) throw new RequestInvalid('photo', 'a file', undefined);
    return Photo.toJSON(await this.photos.add(owner, file.buffer, said));
  }

  @Get()
  @ApiOperation({ summary: 'Lists your photos, the newest first' })
  @ApiResponse({
    status: 200,
    description: 'A page.',
    content: { 'application/json': { schema: schemaRef('PhotoList') } },
  })
  @ApiProblems(400)
  async listPhotos(@Query() { limit, after }: PhotosQuery, @Client() { owner }: ApiClient): Promise<unknown> {
    const photos = await this.photos.list(owner, limit + 1, after);
    const page = photos.slice(0, limit);
    const nextAfter = photos.length > limit ? page.at(-1)!.digest : undefined;
    return { photos: page.map((photo) => Photo.toJSON(photo)), nextAfter };
  }

  @Delete(':digest')
  @HttpCode(204)
  @ApiOperation({ summary: 'Takes a photo away from later collages' })
  @ApiParam({
    name: 'digest',
    schema: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    description: 'Of the photo.',
  })
  @ApiResponse({ status: 204, description: 'It is gone.' })
  @ApiProblems(404)
  async deletePhoto(@Param('digest') digest: string, @Client() { owner }: ApiClient): Promise<void> {
    if (/^[0-9a-f]{64}$/.test(digest) && (await this.photos.delete(owner, digest))) return;
    throw new ProblemError({
      status: 404,
      reason: 'PHOTO_UNKNOWN',
      detail: `There is no photo ${JSON.stringify(digest.slice(0, 80))}. List your photos for those there are.`,
    });
  }
}
