import type { SkippedPhoto } from './photo-source.js';

/** None of the sources could be searched; the message says of each why. */
export class SourcesFailedError extends Error {
  override readonly name = 'SourcesFailedError';
  readonly reason = 'ALL_SOURCES_FAILED';

  /** @param failures one for each source */
  constructor(readonly failures: readonly Pick<SkippedPhoto, 'reason' | 'name' | 'detail'>[]) {
    const each = failures.map(({ reason, name, detail }) => `${name}: ${reason}, ${detail}`);
    super(
      `Expected photos from at least one source but all of them failed (${each.join('; ')}): ` +
        'see to one of them, or name a folder of your own with --photos',
    );
  }
}
