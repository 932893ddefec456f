import type { DLogger } from '@dbos-inc/dbos-sdk';
import type { JsonLog } from '@collage/config/json-log.js';

/** What DBOS tells, in our log. Its news of every step is for debugging. */
export function queueLog(log: JsonLog): DLogger {
  const text = (entry: unknown) => (entry instanceof Error ? entry.message : String(entry));
  return {
    debug: (entry) => log.write('debug', text(entry)),
    info: (entry) => log.write('debug', text(entry)),
    warn: (entry) => log.write('warning', text(entry)),
    error: (entry) =>
      log.write('error', text(entry), entry instanceof Error ? { stack: entry.stack } : undefined),
  };
}
