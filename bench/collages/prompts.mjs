import { readFileSync } from 'node:fs';

/**
 * The prompts of bench/prompts.json, in its order: one tunes on ten (`tuning`) and reports on twenty (`reporting`).
 *
 * @param {{ set?: string, count?: number, ids?: string[] }} wanted one set, its first `count`, or those named
 * @returns {{ id: string, set: string, prompt: string }[]}
 */
export function readPrompts({ set, count, ids } = {}) {
  const all = JSON.parse(readFileSync(new URL('../prompts.json', import.meta.url), 'utf8'));
  const unknown = (ids ?? []).filter((id) => !all.some((prompt) => prompt.id === id));
  if (unknown.length > 0) throw new Error(`Expected ids of bench/prompts.json but received ${unknown}`);
  if (set !== undefined && !all.some((prompt) => prompt.set === set))
    throw new Error(`Expected tuning, reporting or article for --set but received "${set}"`);
  return all
    .filter((prompt) => (ids ? ids.includes(prompt.id) : set === undefined || prompt.set === set))
    .slice(0, count);
}
