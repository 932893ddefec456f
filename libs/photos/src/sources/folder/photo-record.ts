/** What a manifest line, a sidecar file or `license.json` says about a photo; empty where it says nothing. */
export interface PhotoRecord {
  title: string;
  description: string;
  author: string;
  authorUrl: string;
  /** As written, such as "CC BY 4.0". */
  license: string;
  licenseUrl: string;
  /** Page of the photo. */
  sourceUrl: string;
  categories: string[];
  /** Changes made before it came to us. */
  changes: string;
  /** Lower-case hex, or empty. */
  sha256: string;
}

/**
 * Reads a record out of parsed JSON. Both spellings of license and both styles of field names are understood
 * (`licence_url`, `licenseUrl`); fields of an unexpected type count as absent.
 * Returns undefined when the value is no JSON object.
 */
export function readPhotoRecord(value: unknown): PhotoRecord | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return undefined;
  }
  const fields = new Map(Object.entries(value).map(([name, field]) => [plainName(name), field as unknown]));
  const text = (name: string): string => {
    const field = fields.get(name);
    return typeof field === 'string' ? field.trim() : '';
  };
  const categories = fields.get('categories');
  return {
    title: text('title'),
    description: text('description'),
    author: text('author'),
    authorUrl: webAddress(text('authorurl')),
    license: text('license'),
    licenseUrl: webAddress(text('licenseurl')),
    sourceUrl: webAddress(text('sourceurl')),
    categories: Array.isArray(categories)
      ? categories.filter((category) => typeof category === 'string')
      : [],
    changes: text('changes'),
    sha256: text('sha256').toLowerCase(),
  };
}

/** "licence_url", "licenseUrl" and "License-URL" are one name. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '').replace('licence', 'license');
}

/** Credits are shown as links, so that nothing but web pages may pass. */
function webAddress(text: string): string {
  return /^https?:\/\//i.test(text) ? text : '';
}
