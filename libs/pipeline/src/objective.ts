import type { Collage, CollageOptions } from '@collage/proto/collage/v1/collage.js';
import type { Objective } from '@collage/proto/collage/v1/composition_service.js';

/** The longest text a perceptor takes, in characters. */
const MAX_CHARACTERS = 1000;

/** The prompt as a text; one given only as keyphrases reads as their list. */
export function promptOf({ prompt, keyphrases }: Pick<Collage, 'prompt' | 'keyphrases'>): string {
  return (prompt.trim() || keyphrases.map(({ text }) => text).join(', ')).slice(0, MAX_CHARACTERS);
}

/** What the picture should show, for the sidecar. */
export function objectiveOf(
  { prompt, keyphrases }: Pick<Collage, 'prompt' | 'keyphrases'>,
  { negatives }: CollageOptions,
): Objective {
  return {
    prompt: promptOf({ prompt, keyphrases }),
    keyphrases: keyphrases.map(({ text, weight }) => ({ text, weight })),
    negatives,
  };
}
