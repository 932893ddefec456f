import type { CommonsApi } from './commons-api.js';
import { titleBatches } from './title-batches.js';

/**
 * Which of some names are titles of gallery pages, and what those are called in the end: "penguins" may be a redirect to
 * "Penguin". Names share requests, see {@link titleBatches}; those that no page can have are left out.
 * @returns title by name
 */
export async function galleryTitles(
  api: CommonsApi,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  const possible = [...new Set(names)].filter(isPossible);
  const titles = new Map<string, string>();
  for (const some of titleBatches(possible)) {
    const { query } = await api.query({ titles: some.join('|'), redirects: 1 }, signal);
    const steps = new Map(
      [...(query?.normalized ?? []), ...(query?.redirects ?? [])].map(({ from, to }) => [from, to]),
    );
    const pages = query?.pages ?? [];
    const galleries = new Set(
      pages.filter((page) => page.ns === 0 && !page.missing && !page.invalid).map(({ title }) => title),
    );
    for (const name of some) {
      let title = name;
      // Normalized, then redirected; redirects of redirects are not followed by MediaWiki either.
      for (let step = 0; step < 3; step++) title = steps.get(title) ?? title;
      if (galleries.has(title)) titles.set(name, title);
    }
  }
  return titles;
}

/** Source: Manual:Page title. A colon could name another namespace or wiki. */
function isPossible(name: string): boolean {
  return (
    name.trim() !== '' && !/[#<>[\]|{}:\p{Cc}\ufffd]|^[./]/u.test(name) && Buffer.byteLength(name) <= 255
  );
}
