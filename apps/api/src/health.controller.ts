import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Database } from '@collage/database/database.js';
import { ModelIdentity } from '@collage/proto/collage/v1/model.js';
import { Open } from './client.guard.js';
import { ModelsInUse } from './models-in-use.js';
import { ApiProblems } from './openapi/api-problems.js';
import { schemaRef } from './openapi/schema-ref.js';

const PATIENCE_MILLISECONDS = 2_000;
const health = { 'application/json': { schema: schemaRef('Health') } };

@ApiTags('health')
@Open()
@Controller('health')
export class HealthController {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(ModelsInUse) private readonly models: ModelsInUse,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'Says that the process runs' })
  @ApiResponse({ status: 200, description: 'It runs.', content: health })
  live(): unknown {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Says whether requests can be served: whether the database answers' })
  @ApiResponse({ status: 200, description: 'They can.', content: health })
  @ApiResponse({ status: 503, description: 'They cannot, for now.', content: health })
  async ready(@Res({ passthrough: true }) response: Response): Promise<unknown> {
    const answers = await this.databaseAnswers();
    if (answers) return { status: 'ok', database: 'ok' };
    response.status(503);
    return { status: 'unavailable', database: 'unavailable' };
  }

  @Get('models')
  @ApiOperation({ summary: 'Says which models make collages now' })
  @ApiResponse({
    status: 200,
    description: 'The models.',
    content: { 'application/json': { schema: schemaRef('Models') } },
  })
  @ApiProblems()
  async getModels(): Promise<unknown> {
    const { perceptor, segmenter } = await this.models.describe();
    return { perceptor: ModelIdentity.toJSON(perceptor), segmenter: ModelIdentity.toJSON(segmenter) };
  }

  private async databaseAnswers(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MILLISECONDS, false);
    });
    const asked = this.database
      .connect()
      .then(({ pool }) => pool.query('SELECT 1'))
      .then(
        () => true,
        () => false,
      );
    const answers = await Promise.race([asked, late]);
    clearTimeout(timer);
    return answers;
  }
}
