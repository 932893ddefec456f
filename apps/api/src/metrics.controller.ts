import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { countCollages } from '@collage/collages/count-collages.js';
import { Database } from '@collage/database/database.js';
import { Open } from './client.guard.js';
import { HttpMetrics } from './http-metrics.js';

@ApiTags('health')
@Open()
@Controller('metrics')
export class MetricsController {
  constructor(
    @Inject(HttpMetrics) private readonly metrics: HttpMetrics,
    @Inject(Database) private readonly database: Database,
  ) {}

  @Get()
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiOperation({ summary: 'Tells Prometheus what this process does' })
  @ApiResponse({
    status: 200,
    description: 'Metrics.',
    content: { 'text/plain': { schema: { type: 'string' } } },
  })
  async getMetrics(): Promise<string> {
    const { collages, registry } = this.metrics;
    // Without a database the process still has something to tell.
    const counts = await countCollages(this.database).catch(() => new Map<string, number>());
    collages.reset();
    for (const [state, count] of counts) collages.set({ state }, count);
    return registry.metrics();
  }
}
