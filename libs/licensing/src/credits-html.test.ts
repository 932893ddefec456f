import { DOMParser } from '@xmldom/xmldom';
import { describe, expect, it } from 'vitest';
import { creditHtml, creditsHtml } from './credits-html.js';
import { hidden, hostile, licensed, mountain, penguin } from './testing/credited-photos.js';

/** The page as a parser that is not ours sees it. */
function parsed(html: string) {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const all = (name: string) => [...page.getElementsByTagName(name)];
  return { all, text: page.documentElement?.textContent ?? '' };
}

describe('creditsHtml', () => {
  it('says what the text says: license, why, every visible photo with its share, most visible first', () => {
    const credits = [penguin, hidden, mountain];
    const { all, text } = parsed(
      creditsHtml(credits, licensed([penguin, mountain]), { prompt: 'penguins on ice' }),
    );
    expect(all('h1')[0]!.textContent).toBe('Photo collage: penguins on ice');
    expect(text).toContain('This collage may be published under CC BY-SA 4.0.');
    expect(text).toContain('One photo is under a license that asks for adaptations');
    expect(text).toContain('Because of: Leaping penguin.');
    expect(all('li').map((item) => item.textContent)).toEqual([
      '48.2 % Mountain by unknown author, public domain; changes made: cut out, scaled.',
      '25.0 % Leaping penguin by Ann Example, licensed under CC BY-SA 3.0; ' +
        'changes made: cut out, scaled, rotated; earlier changes: resized to 1024 px.',
    ]);
    expect(all('data').map((share) => share.getAttribute('value'))).toEqual(['0.482100', '0.250000']);
    expect(text).toContain('None of the authors endorses this collage.');
  });

  it('passes on what the source warns of', () => {
    const line = creditHtml({ ...penguin, restrictions: ['personality', '<b>'] });
    expect(line).toContain('; its source warns of: <bdi>personality rights, &lt;b&gt;</bdi>.');
    expect(creditHtml(penguin)).not.toContain('warns');
  });

  it('links page, author and license, and marks the license of the collage alone as its own', () => {
    const { all } = parsed(creditsHtml([penguin], licensed([penguin]), { prompt: 'ice' }));
    const links = all('a').map((link) => [link.getAttribute('href'), link.getAttribute('rel')]);
    expect(links).toEqual([
      ['https://creativecommons.org/licenses/by-sa/4.0/', 'license'],
      ['https://example.org/photos/1', null],
      ['https://example.org/ann', 'author'],
      ['https://creativecommons.org/licenses/by-sa/3.0/', null],
    ]);
  });

  it('lets no foreign text out of its place', () => {
    const prompt = '<img src=x onerror=alert(1)>';
    const license = licensed([hostile]);
    const models = '<i>clip</i>';
    const html = creditsHtml([hostile], { ...license, forcedBy: ['<b>x</b>'] }, { prompt, models });
    const { all, text } = parsed(html);
    expect(['script', 'img', 'b', 'i'].flatMap((name) => all(name))).toEqual([]);
    expect(all('li')).toHaveLength(1);
    expect(text).toContain('</li><script>alert("1")</script>');
    expect(all('a').map((link) => link.getAttribute('href'))).toEqual([
      'https://creativecommons.org/licenses/by/4.0/',
      'https://example.org/a?b="c"&d=<e>(f)',
      'https://creativecommons.org/licenses/by/4.0/',
    ]);
    expect(html).not.toContain('javascript:alert(1)"');
    expect(html).not.toContain('\u202E');
  });

  it('says so when no photo is seen', () => {
    expect(creditsHtml([hidden], licensed([]), { prompt: 'fog' })).toContain(
      '<p>No photo is seen in it.</p>',
    );
  });

  it('says what is not known', () => {
    expect(creditHtml({ ...mountain, title: '', license: undefined })).toMatch(
      /untitled photo.*by <bdi>unknown author<\/bdi>, license unknown/,
    );
  });
});
