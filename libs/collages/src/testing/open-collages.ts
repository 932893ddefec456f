import { randomBytes } from 'node:crypto';
import type { Database } from '@collage/database/database.js';
import { newCollageId } from '../collage-id.js';
import { CollageStore } from '../collage-store.js';
import { EventLog } from '../event-log.js';
import { EventStream } from '../event-stream.js';
import { Notifications } from '../notifications.js';

/** All of the store on one database, with a clock that the test moves. */
export function openCollages(database: Database) {
  const clock = { time: Date.UTC(2026, 0, 1) };
  const now = () => new Date(clock.time);
  // Ids sort by time: each is of a millisecond of its own.
  let made = 0;
  const store = new CollageStore(database, () => newCollageId(clock.time + made++, randomBytes), now);
  const log = new EventLog(database, now);
  const notifications = new Notifications(database);
  const stream = new EventStream(log, notifications);
  return { clock, store, log, notifications, stream };
}
