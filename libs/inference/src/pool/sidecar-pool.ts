import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { abortionOf, type ConnectionOptions } from '../connection.js';
import type { Inference } from '../inference.js';
import { InferenceError } from '../inference-error.js';
import { agreeing, differences } from './agreed-models.js';
import { PoolMember } from './pool-member.js';
import { PooledComposer } from './pooled-composer.js';
import { PooledEmbedder } from './pooled-embedder.js';
import { PooledSegmenter } from './pooled-segmenter.js';
import { type SidecarChoice, SidecarOfJob } from './sidecar-of-job.js';
import { timeLimit } from './time-limit.js';

/** How a pool looks after its sidecars. */
export interface PoolOptions {
  /** Of every connection. */
  connection?: Omit<ConnectionOptions, 'sidecar'>;
  /** Between two looks at a sidecar; default 2,000. */
  pollMilliseconds?: number;
  /** How long a sidecar may take to say how it is; default 5,000. Three in a row, and it is taken for hung. */
  checkMilliseconds?: number;
  /** How long a call waits while no sidecar can take it; default 10,000: the time of a restart. */
  waitMilliseconds?: number;
  /**
   * Which of so many that are equally busy from here, from 0; default: any. What other processes ask of them is not
   * known here: who shares sidecars with others spreads the work by picking another one than they do.
   */
  pick?: (count: number) => number;
  /** Seconds from some fixed point; only for durations. */
  now?: () => number;
  /** Gets a sentence when a sidecar is left out, goes, or is back. */
  onNews?: (text: string) => void;
}

/** One job's door to the sidecars. */
export interface PoolJob extends Inference {
  /** To be called when the job is over: until then it counts as one of its sidecar's. */
  end(): void;
}

/**
 * Several sidecars that are as good as one. Each is asked how it is every two seconds, and a new job goes to the one that
 * has the fewest jobs and calls from here; it stays with the sidecar of its first call, for its cut-outs are there. What
 * was asked of a sidecar that dies, hangs or drains is asked of another one. All must have the same models; one that has others
 * is left out, and told of.
 */
export class SidecarPool implements SidecarChoice {
  readonly #members: PoolMember[];
  readonly #options: Required<PoolOptions>;
  readonly #closing = new AbortController();
  /** What was last told of each member. */
  readonly #told = new Map<PoolMember, string>();
  /** Says `look` after every look at one of them. */
  readonly #looks = new EventEmitter().setMaxListeners(0);

  /** @param addresses host:port each, at least one, none twice */
  constructor(addresses: readonly string[], options: PoolOptions = {}) {
    this.#options = {
      connection: {},
      pollMilliseconds: 2000,
      checkMilliseconds: 5000,
      waitMilliseconds: 10_000,
      pick: (count) => Math.floor(Math.random() * count),
      now: () => performance.now() / 1000,
      onNews: () => {},
      ...options,
    };
    const { connection, checkMilliseconds } = this.#options;
    this.#members = addresses.map((address) => new PoolMember(address, connection, checkMilliseconds));
    for (const member of this.#members) void this.#watch(member);
  }

  /** What one job asks: all of it of one sidecar, as long as that one is there. A job may be a collage with all its stages. */
  newJob(): PoolJob {
    const sidecar = new SidecarOfJob(this);
    return {
      embedder: new PooledEmbedder(sidecar),
      segmenter: new PooledSegmenter(sidecar),
      newComposer: (loadCutout, perceptor) =>
        new PooledComposer(sidecar, loadCutout, perceptor, this.#options.now),
      end: () => sidecar.end(),
    };
  }

  /**
   * Waits until all were looked at once and one of them can take calls.
   * @throws InferenceError `SIDECAR_UNREACHABLE` when the time is up
   */
  async waitUntilReady(timeoutMilliseconds: number, signal?: AbortSignal): Promise<void> {
    await this.choose({}, signal, () => {}, timeoutMilliseconds);
  }

  /**
   * The sidecar for a call.
   * @param preferred taken if it can take calls
   * @param avoided taken only if no other can
   * @param take told of the choice before another is made
   * @throws InferenceError `SIDECAR_UNREACHABLE` with what is known of each, when none can for too long
   */
  async choose(
    { preferred, avoided }: { preferred?: PoolMember; avoided?: PoolMember },
    signal?: AbortSignal,
    take: (member: PoolMember) => void = () => {},
    waitMilliseconds = this.#options.waitMilliseconds,
  ): Promise<PoolMember> {
    // Its timer keeps the process alive: looks do not, and one that waits here would end without a word.
    const end = timeLimit(waitMilliseconds, this.#closing.signal);
    const enough = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
    try {
      return await this.#chosen(preferred, avoided, take, enough, signal, end.signal);
    } finally {
      end.clear();
    }
  }

  async #chosen(
    preferred: PoolMember | undefined,
    avoided: PoolMember | undefined,
    take: (member: PoolMember) => void,
    enough: AbortSignal,
    signal: AbortSignal | undefined,
    end: AbortSignal,
  ): Promise<PoolMember> {
    for (;;) {
      const able = this.#isKnown ? agreeing(this.#members).filter(({ state }) => state === 'serving') : [];
      const others = able.filter((member) => member !== avoided);
      if (able.length > 0) {
        const isThere = preferred && able.includes(preferred);
        const chosen = isThere ? preferred : this.#leastBusy(others.length > 0 ? others : able);
        take(chosen);
        return chosen;
      }
      await once(this.#looks, 'look', { signal: enough }).catch(() => {});
      if (signal?.aborted) throw abortionOf(signal);
      if (end.aborted) throw this.#nobody();
    }
  }

  /** How each sidecar is; for health and metrics. */
  describe(): Array<{ address: string; state: string; busy: number; jobs: number; said: string }> {
    const agreed = agreeing(this.#members);
    return this.#members.map((member) => ({
      address: member.address,
      state: member.state === 'serving' && !agreed.includes(member) ? 'left out' : member.state,
      busy: member.busy,
      jobs: member.jobs,
      said: member.said,
    }));
  }

  /** Looks no more; calls under way fail. */
  close(): void {
    this.#closing.abort();
    for (const member of this.#members) member.close();
  }

  async #watch(member: PoolMember): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await member.look(signal);
      this.#tell();
      await sleep(this.#options.pollMilliseconds, undefined, { ref: false });
    }
  }

  #tell(): void {
    this.#looks.emit('look');
    const agreed = agreeing(this.#members);
    if (!this.#isKnown) return;
    for (const member of this.#members) {
      const news = this.#newsOf(member, agreed);
      if (this.#told.get(member) === news) continue;
      // That all is well at the start is no news.
      if (this.#told.has(member) || news !== 'serves')
        this.#options.onNews(`The sidecar at ${member.address} ${news}.`);
      this.#told.set(member, news);
    }
  }

  /** Whether all were looked at: before, the first to answer might be the odd one. */
  get #isKnown(): boolean {
    return this.#members.every(({ state }) => state !== 'unknown');
  }

  #newsOf(member: PoolMember, agreed: PoolMember[]): string {
    if (member.state === 'gone') return 'is not there, or hung; calls go to the others until it is back';
    if (member.state === 'draining') return 'takes no new calls';
    if (agreed.includes(member)) return 'serves';
    return `is left out, for its models are others: ${differences(member, agreed[0]!)}; give all the same PERCEPTOR, SEGMENTER and weights`;
  }

  /** With the fewest jobs, for all of them will call again; of these the one with the fewest calls. */
  #leastBusy(able: PoolMember[]): PoolMember {
    const fewestJobs = Math.min(...able.map(({ jobs }) => jobs));
    const calm = able.filter(({ jobs }) => jobs === fewestJobs);
    const fewestCalls = Math.min(...calm.map(({ busy }) => busy));
    const free = calm.filter(({ busy }) => busy === fewestCalls);
    return free[this.#options.pick(free.length)]!;
  }

  #nobody(): InferenceError {
    const each = this.describe().map(({ address, state, said }) => `${address}: ${state} (${said})`);
    return new InferenceError(
      'SIDECAR_UNREACHABLE',
      `None of ${this.#members.length} sidecars can take calls; start one, or correct INFERENCE_ADDRESSES. ${each.join('; ')}`,
      'UNAVAILABLE',
    );
  }
}
