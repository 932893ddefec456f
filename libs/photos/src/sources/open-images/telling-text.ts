/** Most characters of a text that is encoded: what the sidecar takes. */
const MAX_LENGTH = 1000;
/** What cameras and Flickr's users name photos by default: it tells nothing of what they show. */
const CAMERA_WORDS = new Set(
  'img imag image images dsc dscn dscf dsci dscs pict pic pics picture photo photos foto mvi mov pano scan untitled unbenannt title jpg jpeg png raw nef edit edited copy hdr iphone canon nikon flickr upload'.split(
    ' ',
  ),
);

/**
 * A text as it is stored: on one line, composed (NFC), at most 1,000 characters, cut after a whole word; without the
 * NUL that PostgreSQL can't hold. Empty where nothing is left.
 */
export function storableText(value: string): string {
  const whole = value.replaceAll('\0', '').normalize('NFC').replaceAll(/\s+/g, ' ').trim();
  if (whole.length <= MAX_LENGTH) return whole;
  const cut = whole.slice(0, MAX_LENGTH + 1).replace(/\s\S*$/, '');
  // One word of more than 1,000 characters, perhaps cut within a surrogate pair.
  return (cut.length <= MAX_LENGTH ? cut : whole.slice(0, MAX_LENGTH)).replace(/[\uD800-\uDBFF]$/, '');
}

/**
 * Whether a title tells what its photo shows, so that it is worth encoding: it has a word that is no camera's name for a
 * file. "_GUT6674", "IMG_1234" and "DSC 0042 (2)" have none.
 */
export function isTelling(title: string): boolean {
  const words = title.match(/[\p{L}\p{M}\p{N}_]+/gu) ?? [];
  return words.some((word) => {
    if (/[\p{N}_]/u.test(word)) return false;
    const isWord = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(word) || word.length >= 3;
    return isWord && !CAMERA_WORDS.has(word.toLowerCase());
  });
}
