import { type ExtendedMetadata, metadataValue } from './extended-metadata.js';
import { plainText } from './plain-text.js';

/** Categories that say how a file came to be and what it is worth, not what it shows. */
const HOUSEKEEPING = [
  /^(?:CC|PD|GFDL|FAL|Attribution|Copyrighted|Public domain|No restrictions)\b/i,
  /^(?:Self-published|License|Files?|Media|Pages|Images?|Photos|Photographs?|Pictures|Videos) (?:work|migration|by|from|with|needing|missing|lacking|uploaded|moved|reviewed|supported|taken|licensed|created|that|of the day)\b/i,
  /^(?:Self-published work|Uploaded|Taken with|Taken on|Extracted|Retouched|Cropped|Flickr|Featured|Quality|Valued|All media|Wiki|Wikimedia|Supported by|Template|Artworks with|Creator|Items with|Published|Derivative|Commons|Geograph|Location not|Check|Unidentified)\b/i,
  /\b(?:uploaded|needing|missing|lacking|without|Flickrreview|VRTS?|OTRS|metadata|Wikidata|GPS|EXIF|structured data|migrated|Pixabay|Unsplash)\b/i,
  /^\d{4}-\d\d(?:-\d\d)?$/,
];

/** What a file's page says the photo shows: the description without markup, and its categories that name subjects. */
export function subjectWords(metadata: ExtendedMetadata): { description: string; categories: string[] } {
  const categories = plainText(metadataValue(metadata, 'Categories'))
    .split('|')
    .map((category) => category.trim())
    .filter((category) => category !== '' && !HOUSEKEEPING.some((pattern) => pattern.test(category)));
  return { description: plainText(metadataValue(metadata, 'ImageDescription')).slice(0, 1000), categories };
}

/** Rights besides copyright that the page warns of, such as "personality", "trademarked" or "insignia"; usually none. */
export function restrictionsOf(metadata: ExtendedMetadata): string[] {
  const names = plainText(metadataValue(metadata, 'Restrictions')).toLowerCase().split(/[|,]/);
  return [...new Set(names.map((name) => name.trim()).filter((name) => name !== ''))];
}
