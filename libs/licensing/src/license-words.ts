import { isJurisdictionCode, jurisdictionNamesToCodes } from './license-jurisdictions.js';
import { OTHER_LICENSES } from './license-terms.js';

/** Spellings of license elements, longest first; applied to lower-case text with single spaces. */
const SPELLINGS: [RegExp, string][] = [
  [/\bcreative ?commons\b/g, 'cc'],
  [/\bcc ?(?:0|zero)\b/g, 'cczero'],
  [/\bcc(?=by)/g, 'cc '],
  [/\bby(?=sa\b|nc|nd\b)/g, 'by '],
  [/\bncsa\b/g, 'nc sa'],
  [/\bncnd\b/g, 'nc nd'],
  [/\bshare ?alike\b/g, 'sa'],
  [/\bnon ?commercial\b/g, 'nc'],
  [/\bno ?deriv(?:ative|ate)?s?(?: works?)?\b/g, 'nd'],
  [/\battribution\b/g, 'by'],
];

/** Words around a license's name that change nothing about it. */
const FILLER_WORDS = new Set(
  (
    'the a this file work image photo picture is was are be made available licensed licenced license licence under ' +
    'unported international universal generic migrated with disclaimers self deed legalcode legal code version v ver all terms of at in worldwide'
  ).split(' '),
);

const PUBLIC_DOMAIN =
  /^(?:the )?(?:cc )?(?:pd|pdm|public ?domain)(?: mark)?(?: 1\.0)?(?: (?:old|self|user|author|art|usgov|us|usa|gov|nasa|noaa|usda|ineligible|textlogo|shape|scan|because|expired|release|released|dedication|worldwide|in|the|united|states|work|license|licence|\d+|70|100|auto|military|army|navy|interior|fws|nps|usgs))*$/;
const NO_RESTRICTIONS = /^(?:no|no known) (?:copyright )?restrictions?(?: exist)?$/;

const OTHER_SPELLINGS: [RegExp, keyof typeof OTHER_LICENSES][] = [
  [/^(?:the )?(?:mit|expat)(?: license| licence)?$/, 'MIT'],
  [/^(?:the )?(?:bsd ?2 ?clause|2 ?clause bsd|simplified bsd)(?: license| licence)?$/, 'BSD-2-Clause'],
  [
    /^(?:the )?(?:(?:new |modified |revised )bsd|bsd ?3 ?clause|3 ?clause bsd)(?: license| licence)?$/,
    'BSD-3-Clause',
  ],
  [/^(?:the )?apache(?: license| licence)?(?: version)? ?v?2(?:\.0)?(?: license| licence)?$/, 'Apache-2.0'],
  [gnu('gfdl|free documentation license'), 'GFDL'],
  [gnu('agpl|affero general public license|affero gpl'), 'AGPL'],
  [gnu('lgpl|lesser general public license|lesser gpl'), 'LGPL'],
  [gnu('gpl|general public license'), 'GPL'],
  [/^(?:fal|lal|(?:copyleft )?free art license|licence art libre)(?: 1\.\d)?$/, 'FAL'],
];

/** Any version will do: none of them may be used. */
function gnu(names: string): RegExp {
  return new RegExp(
    `^(?:the )?(?:gnu )?(?:${names})(?: license)?(?: version)?(?: ?v?\\d(?:\\.\\d)?)*(?: only| or later)?$`,
  );
}

/**
 * The canonical id of one license named in any usual spelling ("CC BY-SA 4.0", "cc-by-2.0-de",
 * "Attribution-ShareAlike 3.0 Unported"). Every word must be understood: a rider such as
 * "CC BY 4.0, editorial use only" makes the whole unknown, as it may take away what the name grants.
 * @returns nothing when it was not understood, or when it names no version of a Creative Commons license
 */
export function licenseIdFromWords(text: string): string | undefined {
  const words = plainWords(text);
  if (PUBLIC_DOMAIN.test(words) || NO_RESTRICTIONS.test(words)) {
    return 'PD';
  }
  const other = OTHER_SPELLINGS.find(([spelling]) => spelling.test(words));
  return other ? String(other[1]) : creativeCommonsIdFromWords(words);
}

function plainWords(text: string): string {
  let words = text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/<[^>]*>/g, ' ')
    .replace(/(?:,? (?:or|and) (?:any )?later(?: versions?)?|\+)\s*\.?$/, '')
    .replace(/(?<!\d)\.|\.(?!\d)/g, ' ')
    .replace(/[^\p{L}\p{N}.]+/gu, ' ')
    .replace(/([a-z])(\d\.\d)/g, '$1 $2')
    .trim();
  for (const [spelling, short] of SPELLINGS) {
    words = words.replace(spelling, short);
  }
  return words;
}

function creativeCommonsIdFromWords(words: string): string | undefined {
  // A name and its short form, "Attribution 2.0 Generic (CC BY 2.0)", make two mentions; they must agree.
  const mentions = [new Set<string>()];
  const versions: string[] = [];
  let jurisdiction = '';
  for (const word of jurisdictionNamesToCodes(words).split(' ')) {
    if (/^(?:by|nc|nd|sa|cczero)$/.test(word)) {
      if (mentions.at(-1)?.has(word)) {
        mentions.push(new Set());
      }
      mentions.at(-1)?.add(word);
    } else if (/^[1-4]\.[015]$/.test(word)) {
      versions.push(word);
    } else if (versions.length > 0 && isJurisdictionCode(word)) {
      jurisdiction = word;
    } else if (word !== 'cc' && !FILLER_WORDS.has(word)) {
      return undefined;
    }
  }
  const [elements = new Set<string>()] = mentions;
  if (new Set(mentions.map((mention) => [...mention].toSorted().join())).size > 1) {
    return undefined;
  }
  if (elements.has('cczero')) {
    return elements.size === 1 ? 'CC0-1.0' : undefined;
  }
  return creativeCommonsId(elements, versions, jurisdiction);
}

/** Canonical id from the parts of a Creative Commons license; the newest of several versions. */
export function creativeCommonsId(
  elements: ReadonlySet<string>,
  versions: readonly string[],
  jurisdiction: string,
): string | undefined {
  const contradictory = elements.has('sa') && elements.has('nd');
  const version = versions.toSorted().at(-1);
  if (elements.size === 0 || contradictory || version === undefined) {
    return undefined;
  }
  const ordered = ['by', 'nc', 'nd', 'sa'].filter((element) => elements.has(element));
  const port = jurisdiction && !version.startsWith('4') ? [jurisdiction] : [];
  return ['cc', ...ordered, version, ...port].join('-').toUpperCase();
}
