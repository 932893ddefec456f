import { extractKeyphrases } from '@collage/keyphrases/extract-keyphrases.js';
import type { CollageOptions, Keyphrase } from '@collage/proto/collage/v1/collage.js';
import { EmptyPromptError } from '../collage-error.js';
import type { Stage } from '../stage-event.js';

/**
 * Stage 1: what to look for, in the prompt's own words, with weights that sum to 1.
 * @throws EmptyPromptError where the prompt names nothing; PromptTooLongError
 */
export async function* findKeyphrases(prompt: string, options: CollageOptions): Stage<Keyphrase[]> {
  if (prompt.trim() === '' && options.keyphrases.length === 0) throw new EmptyPromptError(prompt);
  const { keyphrases, warnings } = extractKeyphrases(prompt, {
    pos: options.partsOfSpeech,
    phrases: options.keyphrases.length > 0 ? options.keyphrases : undefined,
  });
  if (keyphrases.length === 0) throw new EmptyPromptError(prompt);
  yield { $case: 'keyphrasesFound', value: { keyphrases, warnings } };
  return keyphrases;
}
