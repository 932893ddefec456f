/** Names that stand for nobody in particular. */
const NOBODY = /^(?:|unknown|unknown author|anonymous|n\/?a)$/;

/** Counts the photos of every author; those of whom nobody knows the name are without limit. */
export class AuthorLimit {
  readonly #counts = new Map<string, number>();

  /** @param most photos of one author; undefined: any number */
  constructor(private readonly most: number | undefined) {}

  /** Whether there is room for one more photo of this author. */
  hasRoom(author: string): boolean {
    return this.most === undefined || (this.#counts.get(plain(author)) ?? 0) < this.most;
  }

  add(author: string): void {
    const name = plain(author);
    if (!NOBODY.test(name)) this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  /** One that was added and came to nothing counts no more. */
  remove(author: string): void {
    const name = plain(author);
    const count = this.#counts.get(name) ?? 0;
    if (count > 0) this.#counts.set(name, count - 1);
  }

  /** One sentence for people: why a photo of this author is left out. */
  reason(author: string): string {
    return `${this.most} photos by ${author.trim()} are enough`;
  }
}

function plain(author: string): string {
  return author.trim().replaceAll(/\s+/g, ' ').toLowerCase();
}
