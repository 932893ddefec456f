import {
  Collage,
  Collage_State as State,
  type CollageEvent_Failed,
  type CollageEvent_Rendered,
} from '@collage/proto/collage/v1/collage.js';
import type { StageEvent } from '@collage/pipeline/stage-event.js';

/** What events say of the collage they happened to; what they do not touch is undefined. */
export interface Changes {
  state?: State;
  /** Whether one of them ends the collage. */
  ends: boolean;
  collage?: Collage;
  rendered?: CollageEvent_Rendered;
  failure?: CollageEvent_Failed;
}

/** The row follows from its events: so the two can't come apart. */
export function whatEventsChange(events: readonly StageEvent[]): Changes {
  const changes: Changes = { ends: false };
  for (const event of events) {
    switch (event.$case) {
      case 'queued':
        changes.state = State.QUEUED;
        break;
      case 'stageStarted':
        changes.state = event.value.state;
        break;
      case 'rendered':
        changes.rendered = event.value;
        break;
      case 'succeeded':
        Object.assign(changes, { state: State.SUCCEEDED, ends: true, collage: event.value.collage });
        break;
      case 'failed':
        Object.assign(changes, { state: State.FAILED, ends: true, failure: event.value });
        break;
      case 'cancelled':
        Object.assign(changes, { state: State.CANCELLED, ends: true });
        break;
    }
  }
  return changes;
}

/** Whether an event is a collage's last. */
export function isLast(event: StageEvent | undefined): boolean {
  return event !== undefined && whatEventsChange([event]).ends;
}
