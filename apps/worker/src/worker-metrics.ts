import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What Prometheus is told of a worker; a registry of its own, so that tests may have many. */
export class WorkerMetrics {
  readonly registry = new Registry();
  readonly making = new Gauge({
    name: 'collage_worker_collages_being_made',
    help: 'Collages that this worker makes now.',
    registers: [this.registry],
  });
  readonly ended = new Counter({
    name: 'collage_worker_collages_ended_total',
    help: 'Collages that ended here, by state and reason.',
    labelNames: ['state', 'reason'],
    registers: [this.registry],
  });
  readonly stageSeconds = new Histogram({
    name: 'collage_worker_stage_duration_seconds',
    help: 'Time that stages took.',
    labelNames: ['stage'],
    buckets: [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000],
    registers: [this.registry],
  });
  readonly waits = new Counter({
    name: 'collage_worker_outage_waits_total',
    help: 'Waits for something that was away, by reason.',
    labelNames: ['reason'],
    registers: [this.registry],
  });
  readonly storedBytes = new Gauge({
    name: 'collage_worker_stored_bytes',
    help: 'Bytes in the blob store as of the last housekeeping.',
    registers: [this.registry],
  });
  readonly derivedBytes = new Gauge({
    name: 'collage_worker_derived_bytes',
    help: 'Bytes of vectors and descriptions of cut-outs as of the last housekeeping.',
    registers: [this.registry],
  });
  readonly fetchedBytes = new Gauge({
    name: 'collage_worker_fetched_bytes',
    help: 'Bytes of answers from the web that this worker keeps in DATA_DIR.',
    registers: [this.registry],
  });
  readonly cleared = new Counter({
    name: 'collage_worker_cleared_total',
    help: 'What housekeeping here removed, by kind.',
    labelNames: ['kind'],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }
}
