import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const scripts = resolve(import.meta.dirname, '..', '..', 'scripts');
const names = readdirSync(scripts).filter((name) => name.endsWith('.mjs'));

/** The names that a script exports. */
function exportsOf(name: string): string[] {
  const text = readFileSync(join(scripts, name), 'utf8');
  return [...text.matchAll(/^export (?:async )?(?:function\*?|const|class) (\w+)/gm)].map(
    ([, exported]) => exported!,
  );
}

/** Some scripts run only now and then, and Node looks for what they import when they do. */
describe('the scripts of package.json', () => {
  it.each(names)('%s imports what its neighbors export', (name) => {
    const text = readFileSync(join(scripts, name), 'utf8');
    const missing = [];
    for (const [, list, from] of text.matchAll(/^import \{([^}]+)\} from '\.\/([\w-]+\.mjs)'/gm)) {
      const given = exportsOf(from!);
      const wanted = list!.split(',').map((item) => item.trim().split(' as ')[0]!);
      missing.push(
        ...wanted.filter((item) => item && !given.includes(item)).map((item) => `${item} of ${from}`),
      );
    }
    expect(missing).toEqual([]);
  });
});
