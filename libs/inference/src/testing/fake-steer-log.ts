import type { RefusedSteer, Steer } from '@collage/proto/collage/v1/composition_service.js';
import { isDeepStrictEqual } from 'node:util';
import type { FakeClimbState } from './fake-climb-state.js';
import { followSteer, refusal, SteerRefusal } from './fake-steering.js';

/** What became of the steers between two steps. */
export interface Turn {
  applied: Steer[];
  refused: RefusedSteer[];
  stopped: boolean;
  /** Whether what came before no longer counts: a person's wish is no loss. */
  restarted: boolean;
}

/** All steers of a climb: those that came, those that wait for their step, and those that were followed. */
export class FakeSteerLog {
  readonly incoming: Steer[] = [];

  constructor(
    public pending: Steer[],
    readonly applied: Steer[] = [],
  ) {}

  /** Follows all that is due now; after a `stop` nothing is followed any more. */
  follow(state: FakeClimbState, holds: (digest: string) => boolean): Turn {
    const turn: Turn = { applied: [], refused: [], stopped: false, restarted: false };
    for (const steer of this.#due(state.step, turn)) {
      const action = steer.action!;
      try {
        if (action.$case === 'stop') turn.stopped = true;
        else followSteer(state, action, holds);
      } catch (error) {
        turn.refused.push(refused(steer, error));
        continue;
      }
      turn.applied.push({ ...steer, step: state.step });
      if (action.$case !== 'unpin' && action.$case !== 'stop') turn.restarted = true;
      if (turn.stopped) break;
    }
    this.applied.push(...turn.applied);
    return turn;
  }

  #due(step: number, turn: Turn): Steer[] {
    const due = this.pending.filter((steer) => steer.step <= step);
    this.pending = this.pending.filter((steer) => steer.step > step);
    for (const steer of this.incoming.splice(0)) {
      if (steer.step === 0 || steer.step === step) due.push(steer);
      else if (steer.step > step) this.pending.push(steer);
      else turn.refused.push(refused(steer, refusal('step', `0 or a step from ${step} on`, `${steer.step}`)));
    }
    return due;
  }
}

/** What waits in a checkpoint and what its start records besides; what is in both is followed once. */
export function mergeSteers(pending: readonly Steer[], recorded: readonly Steer[]): Steer[] {
  const unmatched = [...pending];
  const merged = [...pending];
  for (const steer of recorded) {
    const known = unmatched.findIndex((other) => isDeepStrictEqual(other, steer));
    if (known < 0) merged.push(steer);
    else unmatched.splice(known, 1);
  }
  return merged.sort((a, b) => a.step - b.step);
}

function refused(steer: Steer, error: unknown): RefusedSteer {
  if (!(error instanceof SteerRefusal)) throw error;
  return { steer, reason: error.reason, message: error.message };
}
