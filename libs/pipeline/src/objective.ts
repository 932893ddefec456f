import type { Collage, CollageOptions } from '@collage/proto/collage/v1/collage.js';
import type { Objective } from '@collage/proto/collage/v1/composition_service.js';

/** What the picture should show, for the sidecar. A prompt given only as keyphrases reads as their list. */
export function objectiveOf(
  { prompt, keyphrases }: Pick<Collage, 'prompt' | 'keyphrases'>,
  { negatives }: CollageOptions,
): Objective {
  return {
    prompt: prompt.trim() || keyphrases.map(({ text }) => text).join(', '),
    keyphrases: keyphrases.map(({ text, weight }) => ({ text, weight })),
    negatives,
  };
}
