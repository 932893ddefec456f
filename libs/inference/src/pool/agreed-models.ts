import type { PoolMember } from './pool-member.js';

/**
 * The members whose models most have: a collage must not be begun with one model and finished with another. Among
 * equally many those of the earliest member. Members that are away count by what they last had.
 */
export function agreeing(members: readonly PoolMember[]): PoolMember[] {
  const groups = new Map<string, PoolMember[]>();
  for (const member of members) {
    if (!member.models) continue;
    const key = `${member.models.perceptor} ${member.models.segmenter}`;
    groups.set(key, [...(groups.get(key) ?? []), member]);
  }
  return [...groups.values()].reduce((most, group) => (group.length > most.length ? group : most), []);
}

/** How a member's models differ from those that were agreed on. */
export function differences({ models }: PoolMember, { models: agreed }: PoolMember): string {
  return (['perceptor', 'segmenter'] as const)
    .filter((role) => models?.[role] !== agreed?.[role])
    .map((role) => `${role} ${short(models?.[role])} where the others have ${short(agreed?.[role])}`)
    .join(', ');
}

/** Name, and enough of the digest to tell two apart. */
function short(model = 'none'): string {
  const [name, digest = ''] = model.split(' ');
  return `${name} (${digest.slice(0, 12)})`;
}
