import type { PartOfSpeech as UniversalTag } from 'wink-nlp';
import { isAllCapitals } from './tokenize-prompt.js';
import type { TaggedToken } from './wink-tagger.js';

/** Nouns that only look like verbs in -ing. */
const ING_NOUNS = new Set(
  (
    'awning bearing being building ceiling clothing drawing duckling dumpling earring evening feeling frosting ' +
    'herring icing king lightning lining morning offspring painting pudding railing ring rigging sibling spring ' +
    'stocking string swing thing viking wedding wing'
  ).split(' '),
);

/** Nouns in -ing that are as often verbs: "Van Gogh painting sunflowers". */
const EITHER = new Set('building drawing painting'.split(' '));

/** Verbs that show nothing: what they link is what can be photographed. */
const LINKING_VERBS = new Set(
  (
    'based been being called consisting contain containing covered depicting depicts did does doing done featuring feature ' +
    'filled get gets getting go goes got had has have having including include inspired is made make makes making ' +
    'named put seen set showing shows shown stylized surrounded titled using used was were with'
  ).split(' '),
);

/** Adjectives by their tag that count or point, as determiners do. */
const COUNTING_WORDS = new Set(
  'many several few some various different other another such same own next multiple numerous countless certain'.split(
    ' ',
  ),
);

const IRREGULAR_PLURALS = new Set(
  'people children men women geese mice feet fish sheep deer police'.split(' '),
);

/** Plurals that stand first in compounds: "sports car". */
const SINGULAR_IN_S = new Set(
  'sports arms jeans glasses goods news physics canvas christmas gas bus lens'.split(' '),
);

const NAME_PARTICLES = new Set(
  'van von de da di del della der den du la le los las bin ibn al y of'.split(' '),
);

/**
 * Corrects what the tagger is known to get wrong in prompts, which are phrases rather than the sentences it
 * was trained on. Each rule is general and named after the first prompt it was seen in.
 */
export function mendTags(tokens: readonly TaggedToken[], cleaned: string): TaggedToken[] {
  const mended = tokens.map((token) => ({ ...token }));
  const hasCase = !isAllCapitals(cleaned);
  mended.forEach((token, index) => {
    const around = { earlier: mended.slice(0, index), before: mended[index - 1], after: mended[index + 1] };
    token.tag = mendedTag(token, around, hasCase);
  });
  return mended;
}

interface Neighbors {
  earlier: readonly TaggedToken[];
  before: TaggedToken | undefined;
  after: TaggedToken | undefined;
}

function mendedTag(token: TaggedToken, around: Neighbors, hasCase: boolean): UniversalTag {
  const { before, after } = around;
  const word = token.text.toLowerCase();
  if (!token.isWord) return 'PUNCT';
  if (isUnsayable(word)) return 'NUM';
  if (token.tag === 'VERB' && LINKING_VERBS.has(word)) return 'AUX';
  if (token.tag === 'ADJ' && COUNTING_WORDS.has(word)) return 'DET';
  if (hasCase && isNameParticle(word, before, after)) return 'PROPN';
  // "next to", "full of", "close up of": place and measure, not looks.
  if (token.tag === 'ADJ' && after?.tag === 'ADP') return 'ADV';
  if (token.tag === 'NOUN' && isGerund(word) && isVerbHere(around)) return 'VERB';
  if (token.tag === 'NOUN' && EITHER.has(word) && isEitherVerbHere(before, after)) return 'VERB';
  if (token.tag === 'VERB' && (isSubjectless(word, before, after) || isCompoundPlural(word, around)))
    return 'NOUN';
  if (token.tag === 'NOUN' && isFiniteVerb(word, around)) return 'VERB';
  return token.tag;
}

/** "8k", "4", "k": no photo is found by these. One character of a script without capitals can be a word. */
function isUnsayable(word: string): boolean {
  return /^\p{N}/u.test(word) || /^\p{Script=Latin}$/u.test(word);
}

/** "Vincent van Gogh", "Statue of Liberty": the small word belongs to the name. */
function isNameParticle(word: string, before?: TaggedToken, after?: TaggedToken): boolean {
  const capitals = /^\p{Lu}/u;
  return (
    NAME_PARTICLES.has(word) &&
    before?.tag === 'PROPN' &&
    capitals.test(before.text) &&
    after !== undefined &&
    (after.tag === 'PROPN' || NAME_PARTICLES.has(after.text.toLowerCase())) &&
    (capitals.test(after.text) || after.tag !== 'PROPN')
  );
}

/** A word in -ing that is not one of the nouns in -ing. */
export function isGerund(word: string): boolean {
  return /^\p{L}{2,}ing$/u.test(word) && !ING_NOUNS.has(word);
}

/** "owl reading | a book", "suit drinking | coffee", "penguins skiing", "a fox running", and alone: "swimming". */
function isVerbHere({ earlier, before, after }: Neighbors): boolean {
  if (after?.tag === 'DET' || after?.tag === 'PRON') {
    return true;
  }
  if (before === undefined || !isNoun(before)) {
    return before?.tag !== 'ADJ' && before?.tag !== 'DET' && !isNoun(after);
  }
  return isNoun(after) || isPlural(before.text) || before.tag === 'PROPN' || opensWithOne(earlier);
}

/** "Van Gogh painting sunflowers", "children building a castle", but not "a painting of a ship". */
function isEitherVerbHere(before?: TaggedToken, after?: TaggedToken): boolean {
  return (before?.tag === 'PROPN' && isNoun(after)) || (isNoun(before) && after?.tag === 'DET');
}

/** "frogs, bears, foxes": nobody is there who bears. */
function isSubjectless(word: string, before?: TaggedToken, after?: TaggedToken): boolean {
  const subject = isNoun(before) || before?.tag === 'PRON' || before?.tag === 'ADV' || before?.tag === 'PART';
  return /[^s]s$/.test(word) && !subject && after?.tag !== 'DET' && after?.tag !== 'PRON';
}

/** "autumn leaves" at the end of a phrase: no "an autumn" could leave anything. */
function isCompoundPlural(word: string, { earlier, before, after }: Neighbors): boolean {
  const bareSingular =
    before?.tag === 'NOUN' && !isPlural(before.text) && !isInsideNounPhrase(earlier.at(-2));
  return /[^s]s$/.test(word) && bareSingular && (after === undefined || after.tag === 'PUNCT');
}

/** "seagulls circle above", "a dog chases": plurals do not start compounds, nor does "a" open a plural. */
function isFiniteVerb(word: string, { earlier, before, after }: Neighbors): boolean {
  if (before?.tag !== 'NOUN') {
    return false;
  }
  return isPlural(before.text)
    ? !isPlural(word) && after?.tag === 'ADP'
    : isPlural(word) && opensWithOne(earlier);
}

/** Whether the noun phrase that these tokens end in began with "a". */
function opensWithOne(earlier: readonly TaggedToken[]): boolean {
  const opening = earlier.findLast((token) => !['NOUN', 'ADJ'].includes(token.tag));
  return /^(?:an?|one)$/i.test(opening?.text ?? '');
}

function isInsideNounPhrase(token?: TaggedToken): boolean {
  return token !== undefined && ['DET', 'ADJ', 'NUM', 'PRON', 'NOUN', 'PROPN'].includes(token.tag);
}

function isNoun(token?: TaggedToken): boolean {
  return token?.tag === 'NOUN' || token?.tag === 'PROPN';
}

function isPlural(text: string): boolean {
  const word = text.toLowerCase();
  return (
    (/[^su]s$/.test(word) && !SINGULAR_IN_S.has(word) && !word.endsWith("'s")) || IRREGULAR_PLURALS.has(word)
  );
}
