import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What Prometheus is told of this process; a registry of its own, so that tests may have many. */
export class HttpMetrics {
  readonly registry = new Registry();
  readonly openStreams = new Gauge({
    name: 'collage_event_streams_open',
    help: 'Event streams that are open.',
    registers: [this.registry],
  });
  readonly collages = new Gauge({
    name: 'collage_collages',
    help: 'Collages that are stored, by state.',
    labelNames: ['state'],
    registers: [this.registry],
  });
  readonly webhooks = new Counter({
    name: 'collage_webhook_deliveries_total',
    help: 'Tries to tell a client of the end of a collage, by result.',
    labelNames: ['result'],
    registers: [this.registry],
  });
  private readonly requests = new Counter({
    name: 'collage_http_requests_total',
    help: 'Requests that were answered.',
    labelNames: ['method', 'route', 'status'],
    registers: [this.registry],
  });
  private readonly seconds = new Histogram({
    name: 'collage_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer; event streams are left out.',
    labelNames: ['method', 'route'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.3, 1, 3, 10, 30, 100],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  answered(method: string, route: string, status: number, seconds: number): void {
    this.requests.inc({ method, route, status });
    if (!route.endsWith('/events')) this.seconds.observe({ method, route }, seconds);
  }
}
