import { DOMParser, onWarningStopParsing, type Element } from '@xmldom/xmldom';
import { describe, expect, it } from 'vitest';
import { creditsXmp, MAX_XMP_BYTES } from './credits-xmp.js';
import { hidden, hostile, licensed, mountain, penguin } from './testing/credited-photos.js';

/** The properties of a packet by prefixed name, read by a strict parser. */
function properties(xmp: string): Map<string, Element> {
  const page = new DOMParser({ onError: onWarningStopParsing }).parseFromString(xmp, 'text/xml');
  const [description] = [...page.getElementsByTagName('rdf:Description')];
  const elements = [...description!.childNodes].filter((node) => node.nodeType === 1) as Element[];
  return new Map(elements.map((element) => [element.nodeName, element]));
}

const items = (element: Element | undefined): string[] =>
  [...element!.getElementsByTagName('rdf:li')].map((item) => item.textContent ?? '');

describe('creditsXmp', () => {
  const credits = [penguin, hidden, mountain];
  const found = properties(creditsXmp(credits, licensed(credits), { prompt: 'penguins on ice' }));

  it('names title, authors and license where readers look for them', () => {
    expect(items(found.get('dc:title'))).toEqual(['penguins on ice']);
    expect(items(found.get('dc:creator'))).toEqual(['unknown author', 'Ann Example']);
    expect(found.get('photoshop:Credit')!.textContent).toBe('Photos: unknown author, Ann Example');
    const address = 'https://creativecommons.org/licenses/by-sa/4.0/';
    expect(found.get('cc:license')!.getAttribute('rdf:resource')).toBe(address);
    expect(found.get('xmpRights:WebStatement')!.textContent).toBe(address);
    expect(found.get('xmpRights:Marked')!.textContent).toBe('True');
    expect(items(found.get('xmpRights:UsageTerms'))[0]).toMatch(
      /^This collage may be published under CC BY-SA 4\.0/,
    );
  });

  it('says in dc:rights what is owed for each photo', () => {
    const [rights = ''] = items(found.get('dc:rights'));
    expect(rights.split('\n').slice(1, 3)).toEqual([
      expect.stringMatching(/^1\. "Mountain" by unknown author, public domain/),
      expect.stringMatching(/^2\. "Leaping penguin" by Ann Example .*changes made: cut out, scaled, rotated/),
    ]);
    expect(rights).not.toContain('Hidden');
  });

  it('lists the photos with all that is owed, and how much of each is seen', () => {
    const bag = found.get('Iptc4xmpExt:ArtworkOrObject')!;
    const [, second] = [...bag.getElementsByTagName('rdf:li')].filter((item) =>
      item.getAttribute('rdf:parseType'),
    );
    const field = (name: string) => [...second!.getElementsByTagName(name)][0];
    expect(field('Iptc4xmpExt:AOTitle')!.textContent).toBe('Leaping penguin');
    expect(field('Iptc4xmpExt:AOCreator')!.textContent).toBe('Ann Example');
    expect(field('Iptc4xmpExt:AOSource')!.textContent).toBe('https://example.org/photos/1');
    expect(field('Iptc4xmpExt:AOCopyrightNotice')!.textContent).toContain('CC BY-SA 3.0');
    expect(field('cc:license')!.getAttribute('rdf:resource')).toContain('/by-sa/3.0/');
    expect(field('collage:changes')!.textContent).toBe('cut out, scaled, rotated');
    expect(field('collage:visibleShare')!.textContent).toBe('0.250000');
  });

  it('stays well-formed whatever a title holds', () => {
    const prompt = '\u0000\uFFFE\uDC00 <x> & "y" ]]>';
    const odd = properties(creditsXmp([hostile], licensed([hostile]), { prompt }));
    expect(items(odd.get('dc:title'))).toEqual(['<x> & "y" ]]>']);
    expect(items(odd.get('dc:rights'))[0]).toContain('</li><script>alert("1")</script>');
    expect(odd.size).toBe(found.size);
  });

  it('is not marked as reserved where nothing is', () => {
    const free = properties(creditsXmp([mountain], licensed([mountain]), { prompt: 'fog' }));
    expect(free.get('xmpRights:Marked')!.textContent).toBe('False');
    const nothing = properties(creditsXmp([], licensed([]), { prompt: 'fog' }));
    expect(nothing.has('dc:creator')).toBe(false);
  });

  it('gives up the list before the words, and the photos seen least before the others, to stay within its bytes', () => {
    const many = Array.from({ length: 300 }, (_, index) => ({
      ...penguin,
      title: `Penguin ${index} ä`,
      photoDigest: String(index),
      visibleShare: (300 - index) / 100_000,
    }));
    const size = (count: number, max?: number) =>
      creditsXmp(many.slice(0, count), licensed(many), { prompt: 'ice' }, max);
    const [few, more, most] = [size(30), size(120), size(300)];
    for (const packet of [few, more, most])
      expect(Buffer.byteLength(packet)).toBeLessThanOrEqual(MAX_XMP_BYTES);
    expect(few).toContain('ArtworkOrObject');
    expect(more).not.toContain('ArtworkOrObject>');
    expect(more).toContain('Penguin 119 ä&quot; by');
    const named = most.match(/Penguin \d+ ä/g)!.length;
    expect(most).toContain(`And ${300 - named} more photos, named in the collage's credits.`);
    expect(most).toContain('Penguin 0 ä');
    expect(size(300, 1500)).toContain('And 300 more photos');
  });
});
