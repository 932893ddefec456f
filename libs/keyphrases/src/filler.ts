import type { Phrase } from './phrase-runs.js';
import type { TaggedToken } from './wink-tagger.js';

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

/** Kinds of pictures: "photo of", "oil painting of". */
const MEDIA = words(
  'art artwork clipart closeup close-up collage drawing footage graphic illustration image macro ' +
    'painting photo photograph photographs photography photos pic picture pictures poster portrait print ' +
    'rendering render scene screenshot shot sketch snapshot view wallpaper watercolor depiction',
);

/** Places within the picture: "in front of", "in the background". */
const POSITIONS = words(
  'back background backdrop bottom center centre corner distance edge end foreground front left midair middle midst ' +
    'rear right side sides top',
);

/** Measures: "dozens of", "a group of". */
const MEASURES = words(
  'array assortment bit bunch collection combination couple dozen dozens flock flocks group groups handful heap herd herds hundreds kind kinds ' +
    'lot lots majority mix multitude number pair pairs pile piles piece pieces plenty row rows schools series set sets sort sorts ' +
    'stack stacks style swarm swarms thousands trio tons type types variety way',
);

/** Praise and technique, which prompts for generators carry. */
const QUALITIES = words(
  'artstation aesthetic award award-winning beautiful behance best bokeh cinematic composition deviantart detail detailed ' +
    'details digital dramatic dslr engine exposure flickr focus hd hdr high high-quality high-resolution highly hyperrealistic ' +
    'hyper-realistic intricate lens lighting low masterpiece octane photorealistic photo-realistic pinterest ' +
    'pixiv professional quality realistic realism render rendering resolution sharp soft style trending uhd ultra ' +
    'ultra-detailed ultra-realistic unreal unsplash volumetric vivid winning wide-angle',
);

/**
 * Whether a phrase names nothing that could be searched for: a kind of picture ("photo of"), a place within it
 * ("in front of"), a measure ("dozens of") or praise ("highly detailed"). The head noun decides, so that
 * "black-and-white photograph" goes as a whole; the words around decide too, so that "a framed photo
 * on a desk" stays.
 */
export function isFiller(phrase: Phrase, tokens: readonly TaggedToken[]): boolean {
  const head = phrase.tokens.at(-1)?.text.toLowerCase() ?? '';
  const next = tokens[phrase.last + 1];
  const introduces = next?.text.toLowerCase() === 'of' || (next?.tag === 'AUX' && /ing$|s$/.test(next.text));
  const behind = wordBefore(phrase, tokens);
  const alone =
    (behind === undefined || behind.tag === 'PUNCT') && (next === undefined || next.tag === 'PUNCT');
  return (
    (MEDIA.has(head) && (introduces || alone)) ||
    (POSITIONS.has(head) && behind?.tag === 'ADP' && (introduces || phrase.tokens.length === 1)) ||
    (MEASURES.has(head) && introduces) ||
    phrase.tokens.every((token) => QUALITIES.has(token.text.toLowerCase())) ||
    (QUALITIES.has(head) && alone && behind !== undefined)
  );
}

/** The token before a phrase, articles passed over. */
function wordBefore(phrase: Phrase, tokens: readonly TaggedToken[]): TaggedToken | undefined {
  const article = tokens[phrase.first - 1]?.tag === 'DET';
  return tokens[phrase.first - (article ? 2 : 1)];
}
