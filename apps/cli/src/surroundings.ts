/** What a run stands in; the program decides it, not a module. */
export class Surroundings {
  constructor(
    /** The clone: where python-inference and .venv lie. */
    readonly root: string,
    /** Caches and downloads. */
    readonly data: string,
    /** The person's own photos, if they named a folder, and what they say of all of them. */
    readonly photos: { folder: string; license?: string; author?: string } | undefined,
    /** Whether to look on Wikimedia Commons too. */
    readonly commons: boolean,
    /** The environment a child process gets. */
    readonly environment: Readonly<Record<string, string | undefined>>,
    /** Whether to look among the imported photos of OpenImages too. */
    readonly openImages = false,
  ) {}
}
