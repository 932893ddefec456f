/** What a run stands in; the program decides it, not a module. */
export class Surroundings {
  constructor(
    /** The clone: where python-inference and .venv lie. */
    readonly root: string,
    /** Caches and downloads. */
    readonly data: string,
    /** The person's own photos, if they named a folder. */
    readonly photos: string | undefined,
    /** The environment a child process gets. */
    readonly environment: Readonly<Record<string, string | undefined>>,
  ) {}
}
