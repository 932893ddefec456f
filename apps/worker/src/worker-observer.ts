import type { MakerObserver } from '@collage/collages/collage-maker.js';
import type { JsonLog } from '@collage/config/json-log.js';
import type { WorkerMetrics } from './worker-metrics.js';

/** Writes what happens to collages into the log and the metrics. */
export function workerObserver(log: JsonLog, metrics: WorkerMetrics): MakerObserver {
  return {
    stageEnded(collageId, stage, durationSeconds) {
      metrics.stageSeconds.observe({ stage }, durationSeconds);
      log.write('info', 'stage ended', { collageId, stage, durationSeconds });
    },
    waiting(collageId, stage, { reason, message }, waitMilliseconds) {
      metrics.waits.inc({ reason });
      log.write('warning', message, { collageId, stage, reason, waitMilliseconds });
    },
    ended(collageId, state, reason = '') {
      metrics.ended.inc({ state, reason });
      const level = state === 'failed' ? 'warning' : 'info';
      log.write(level, `collage ${state}`, { collageId, ...(reason && { reason }) });
    },
  };
}
