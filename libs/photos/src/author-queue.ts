import type { AuthorLimit } from './author-limit.js';

/**
 * Candidates in their order, of each author as many as there is room for. What is taken takes a place; where it comes to
 * nothing, as a dead link does, its place is given back, and whoever was passed over for it is next.
 */
export class AuthorQueue<T> {
  #passedOver: T[] = [];
  #next = 0;

  constructor(
    private readonly candidates: readonly T[],
    private readonly authorOf: (candidate: T) => string,
    private readonly authors: AuthorLimit,
  ) {}

  /** The next of those with room, at most `count`; none where nobody is left or there is no room for who is. */
  take(count: number): T[] {
    const taken: T[] = [];
    const stillPassedOver: T[] = [];
    const takeOrPassOver = (candidate: T): void => {
      const author = this.authorOf(candidate);
      const isTaken = taken.length < count && this.authors.hasRoom(author);
      if (isTaken) this.authors.add(author);
      (isTaken ? taken : stillPassedOver).push(candidate);
    };
    this.#passedOver.forEach(takeOrPassOver);
    while (taken.length < count && this.#next < this.candidates.length) {
      takeOrPassOver(this.candidates[this.#next++]!);
    }
    this.#passedOver = stillPassedOver;
    return taken;
  }

  /** Gives back the place of one that was taken. */
  giveBack(candidate: T): void {
    this.authors.remove(this.authorOf(candidate));
  }

  /** Those for whom there was no room, in their order. */
  get passedOver(): readonly T[] {
    return this.#passedOver;
  }

  /** Those whose turn never came. */
  get rest(): readonly T[] {
    return this.candidates.slice(this.#next);
  }
}
