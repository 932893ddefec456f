import type { Inference } from '../inference.js';
import { InferenceError } from '../inference-error.js';
import type { PoolMember } from './pool-member.js';

/** Losses in a row, without a new answer between them, after which a call fails: it may be what kills the sidecars. */
const lossLimit = 3;

/** Who knows which sidecars there are: the pool. */
export interface SidecarChoice {
  /**
   * The sidecar for a call; waits for one for a while.
   * @param wishes `preferred` is taken if it can take calls, `avoided` only if no other can
   * @param take told of the choice before another is made: who waits for the same news must see what was taken
   * @throws InferenceError `SIDECAR_UNREACHABLE` when none can for too long
   */
  choose(
    wishes: { preferred?: PoolMember; avoided?: PoolMember },
    signal?: AbortSignal,
    take?: (member: PoolMember) => void,
  ): Promise<PoolMember>;
}

/**
 * The sidecar that a job's calls go to: always the same one while it is there, then another. The job counts as one of that
 * sidecar's until its end, between its calls as well: what it has put there is why it comes back.
 */
export class SidecarOfJob {
  #member: PoolMember | undefined;
  /** The last one that was lost. */
  #avoided: PoolMember | undefined;
  #ended = false;

  constructor(private readonly pool: SidecarChoice) {}

  /** The job counts no more; calls that are still made go on as before. */
  end(): void {
    this.#stayWith(undefined);
    this.#ended = true;
  }

  /** Makes a call with one answer; it is made again elsewhere if its sidecar is lost. */
  async call<Answer>(
    ask: (inference: Inference, signal: AbortSignal) => Promise<Answer>,
    signal?: AbortSignal,
  ): Promise<Answer> {
    async function* one(inference: Inference, either: AbortSignal) {
      yield await ask(inference, either);
    }
    for await (const answer of this.stream(one, signal)) return answer;
    throw new Error('A call ended without answer or error.');
  }

  /**
   * Makes a call with many answers. If its sidecar is lost, `ask` is called again with another one: it goes on where
   * it was.
   * @throws InferenceError `SIDECARS_LOST` or `DEADLINE_EXCEEDED` where three in a row were lost or late
   * @param isNew whether an answer is one that was not given before the loss: a call that only repeats itself until its
   *   sidecar dies again gets nowhere, and is to end
   */
  async *stream<Answer>(
    ask: (inference: Inference, signal: AbortSignal) => AsyncIterable<Answer>,
    signal?: AbortSignal,
    isNew: (answer: Answer) => boolean = () => true,
  ): AsyncGenerator<Answer, void> {
    for (let losses = 1; ; losses++) {
      const member = await this.#choose(signal);
      const { lost } = member;
      member.busy += 1;
      try {
        for await (const answer of ask(member.inference, signal ? AbortSignal.any([signal, lost]) : lost)) {
          if (isNew(answer)) losses = 0;
          yield answer;
        }
        return;
      } catch (error) {
        if (signal?.aborted || !(lost.aborted || isLoss(error))) throw error;
        // One that is late may be so with this call alone: others go on there.
        if (!lost.aborted && !isLate(error)) member.refuse((error as Error).message);
        // Another call of the job may have found it lost before, and the job have gone on elsewhere.
        if (this.#member === member) this.#stayWith(undefined);
        this.#avoided = member;
        if (losses >= lossLimit) throw isLate(error) ? error : lostInARow(member);
      } finally {
        member.busy -= 1;
      }
    }
  }

  /** The sidecar of the next call, and from then on of the job. */
  async #choose(signal: AbortSignal | undefined): Promise<PoolMember> {
    for (;;) {
      const preferred = this.#member;
      const wishes = { ...(preferred && { preferred }), ...(this.#avoided && { avoided: this.#avoided }) };
      const member = await this.pool.choose(wishes, signal, (chosen) => {
        // Of calls that begin at once the first to know decides for all.
        if (this.#member === preferred) this.#stayWith(chosen);
      });
      if (this.#member === member) return member;
    }
  }

  #stayWith(member: PoolMember | undefined): void {
    if (!this.#ended) {
      if (this.#member) this.#member.jobs -= 1;
      if (member) member.jobs += 1;
    }
    this.#member = member;
  }
}

/** Whether a call failed as calls to a dead or hung sidecar do. */
function isLoss(error: unknown): boolean {
  return isLate(error) || (error instanceof InferenceError && error.reason === 'SIDECAR_UNREACHABLE');
}

function isLate(error: unknown): boolean {
  return error instanceof InferenceError && error.reason === 'DEADLINE_EXCEEDED';
}

function lostInARow({ address, said }: PoolMember): InferenceError {
  return new InferenceError(
    'SIDECARS_LOST',
    `The sidecar at ${address} went away while it was being called (${said}), and so did those before it; ` +
      'look at their logs: this call may be what ends them.',
    'UNAVAILABLE',
  );
}
