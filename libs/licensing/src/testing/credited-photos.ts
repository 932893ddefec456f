import type { CollageLicense } from '@collage/proto/collage/v1/collage.js';
import type { Credit } from '@collage/proto/collage/v1/photo.js';
import { collageLicense } from '../compatibility.js';
import { partUnder } from './part-under.js';

/** A photo whose every field is there. */
export const penguin = partUnder('CC BY-SA 3.0', {
  title: 'Leaping penguin',
  author: 'Ann Example',
  authorUrl: 'https://example.org/ann',
  sourceUrl: 'https://example.org/photos/1',
  earlierChanges: 'resized to 1024 px',
  changes: 'cut out, scaled, rotated',
  photoDigest: 'a',
  visibleShare: 0.25,
});
/** In the public domain, by nobody known. */
export const mountain = partUnder('Public domain', {
  title: 'Mountain',
  author: '',
  changes: 'cut out, scaled',
  photoDigest: 'b',
  visibleShare: 0.4821,
});
/** Not seen in the picture. */
export const hidden: Credit = { ...penguin, title: 'Hidden', photoDigest: 'd', visibleShare: 0 };
/** What a stranger may have typed to break out of wherever it is written. */
export const hostile = partUnder('CC BY 4.0', {
  title:
    '</li><script>alert("1")</script> [x](javascript:alert(1)) ![y](//x.org) *b* `c` | <!-- ]]> \u202E&amp;\uD800',
  author: 'O\'Brien & "Sons" <b>\nwww.example.org #1',
  authorUrl: 'javascript:alert(1)',
  sourceUrl: 'https://example.org/a?b="c"&d=<e>(f)',
  changes: 'cut out & scaled',
  photoDigest: 'e',
  visibleShare: 0.1,
});

/** The collage's license, which the test is not about. */
export function licensed(credits: Credit[]): CollageLicense {
  const result = collageLicense(credits, { noncommercialAllowed: true });
  if ('incompatible' in result) throw new Error(result.incompatible.explanation);
  return result;
}
