import { Controller, Get, Header, Inject } from '@nestjs/common';
import { CollageQueue } from '@collage/collages/collage-queue.js';
import { WorkerMetrics } from './worker-metrics.js';

/** What Prometheus reads; there is nothing else to ask a worker. */
@Controller('metrics')
export class MetricsController {
  constructor(
    @Inject(WorkerMetrics) private readonly metrics: WorkerMetrics,
    @Inject(CollageQueue) private readonly queue: CollageQueue,
  ) {}

  @Get()
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  getMetrics(): Promise<string> {
    this.metrics.making.set(this.queue.makingCount);
    return this.metrics.registry.metrics();
  }
}
