import { describe, expect, it } from 'vitest';
import { creditMarkdown, creditsMarkdown } from './credits-markdown.js';
import { hidden, hostile, licensed, mountain, penguin } from './testing/credited-photos.js';

describe('creditsMarkdown', () => {
  it('says what the text says, with links', () => {
    const credits = [penguin, hidden, mountain];
    expect(
      creditsMarkdown(credits, licensed([penguin, mountain]), { prompt: 'penguins on\nice', models: 'x' }),
    ).toBe(
      `# Photo collage: "penguins on ice"

This collage may be published under [CC BY-SA 4.0](<https://creativecommons.org/licenses/by-sa/4.0/>).

One photo is under a license that asks for adaptations under the same license or a later version of it \\(CC BY-SA 3.0\\), which CC BY-SA 4.0 gives.

Because of: "Leaping penguin".

## Photos, by the share of the picture where each is seen

1. **48.2 %** [Mountain](<https://example.org/photo>) by unknown author, public domain; changes made: cut out, scaled.
2. **25.0 %** [Leaping penguin](<https://example.org/photos/1>) by [Ann Example](<https://example.org/ann>), licensed under [CC BY-SA 3.0](<https://creativecommons.org/licenses/by-sa/3.0/>); changes made: cut out, scaled, rotated; earlier changes: resized to 1024 px.

Made without a generative model: x.

None of the authors endorses this collage. The license stated is an engineer's reading, not legal advice.
`,
    );
  });

  it('passes on what the source warns of', () => {
    const line = creditMarkdown({ ...penguin, restrictions: ['personality', '<b>'] });
    expect(line).toContain('; its source warns of: personality rights, \\<b\\>.');
    expect(creditMarkdown(penguin)).not.toContain('warns');
  });

  it('lets no foreign text open a link, a picture, HTML or another line', () => {
    const line = creditMarkdown(hostile);
    expect(line).not.toContain('\n');
    // Without what is escaped, and without our own links, nothing that means something is left.
    const plain = line.replaceAll(/\\[!-/:-@[-`{-~]/g, '');
    const ours = plain
      .replaceAll(/\[[^\][]*\]\(<https:\/\/[^<>]*>\)/g, '')
      .replace(/^\*\*< ?0\.1 %\*\*|^\*\*10\.0 %\*\*/, '');
    expect(ours).not.toMatch(/[[\]()<>*_`#|]/);
    expect(line).toContain(String.raw`\[x\]\(javascript\:alert\(1\)\)`);
    expect(line).toContain('](<https://example.org/a?b="c"&d=%3Ce%3E(f)>)');
    expect(line).toContain(String.raw`www\.example.org`);
    expect(line).not.toContain('](<javascript');
  });

  it('says so when no photo is seen', () => {
    expect(creditsMarkdown([hidden], licensed([]), { prompt: 'fog' })).toContain(
      '\nNo photo is seen in it.\n',
    );
  });
});
