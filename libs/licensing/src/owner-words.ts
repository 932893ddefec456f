const OWN_WORK = /^(?:own work|self[ -]?made|self[ -]published(?: work)?)$/i;
/** "© 2020", "Copyright (c) 2019-2021 by". */
const MARK = /^(?:(?:copyright\b|©|\(c\)) ?)+(?:\d{4}(?: ?[-–] ?\d{4})?,? ?)?(?:by )?/i;
/** "Ann van der Berg", "A. Smith & Sons"; at most five words, or none. */
const NAME = /^(?:(?:[\p{Lu}\p{Lo}][\p{L}\p{M}.'’-]*|&|and|von|van|de|der|den|di|da|la)(?: |$)){0,5}$/u;
/** No name's words: what follows the mark is a condition. */
const CONDITION =
  /\b(?:no|non|not|only|use|usage|rights?|reserved|terms|without|permission|commercial|personal|private|editorial|ai|nc|nd)\b/i;

/**
 * Whether words beside a license say only whose a photo is ("© 2020 Ann"), or that it is their own work: that changes
 * nothing about the license. What might be a condition does not count.
 */
export function namesOwnerOnly(text: string): boolean {
  const words = text.normalize('NFC').replaceAll(/\s+/g, ' ').trim();
  if (OWN_WORK.test(words)) return true;
  return MARK.test(words) && NAME.test(words.replace(MARK, '')) && !CONDITION.test(words);
}
