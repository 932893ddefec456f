import { readFileSync } from 'node:fs';

/** What we saw when we looked, by prompt id, written by hand. */
const remarks = JSON.parse(readFileSync(new URL('remarks.json', import.meta.url), 'utf8'));

/** The gallery as Markdown. */
export function page(entries) {
  return [
    '# Gallery',
    '',
    remarks.introduction,
    '',
    ...entries.flatMap(({ id, prompt, lines, licenseId, why }) => [
      `## ${prompt}`,
      '',
      `![${prompt}](${id}.jpg)`,
      '',
      `![${prompt}, step by step](${id}-steps.jpg)`,
      '',
      remarks[id] ?? missing(id),
      '',
      `License of both pictures: ${licenseId}. ${why}`,
      '',
      '<details><summary>Photos</summary>',
      '',
      ...lines.map((line) => `- ${line}`),
      '',
      '</details>',
      '',
    ]),
  ].join('\n');
}

function missing(id) {
  throw new Error(
    `Expected a remark on "${id}" in bench/gallery/remarks.json but found none: look at it first`,
  );
}
