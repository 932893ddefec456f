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

/** Says nothing. */
export const emptyRecord: PhotoRecord = {
  title: '',
  description: '',
  author: '',
  authorUrl: '',
  license: '',
  licenseUrl: '',
  sourceUrl: '',
  categories: [],
  changes: '',
  sha256: '',
};

/** Whether a record says anything about a license, understood or not. */
export function namesLicense({ license, licenseUrl }: PhotoRecord): boolean {
  return license !== '' || licenseUrl !== '';
}

/**
 * One record of several, the first that says something about a field counts. The license's name and its address
 * belong together and come from one record, and so do the author's name and address. What is said of a whole folder
 * counts only where none names a license: who took a photo under another license is not known.
 * @param records what is said about this photo, the most trusted first
 * @param folder license and author for all photos of its folder
 */
export function mergeRecords(records: readonly PhotoRecord[], folder?: PhotoRecord): PhotoRecord {
  const first = (name: Exclude<keyof PhotoRecord, 'categories'>): string =>
    records.map((record) => record[name]).find((text) => text !== '') ?? '';
  const licensing = records.find(namesLicense);
  const authoring = records.find(({ author, authorUrl }) => author !== '' || authorUrl !== '');
  // What a folder says of all its photos counts as a whole or not at all.
  const rest = licensing ? undefined : folder;
  return {
    title: first('title'),
    description: first('description'),
    author: (authoring ?? rest)?.author ?? '',
    authorUrl: (authoring ?? rest)?.authorUrl ?? '',
    license: (licensing ?? rest)?.license ?? '',
    licenseUrl: (licensing ?? rest)?.licenseUrl ?? '',
    sourceUrl: first('sourceUrl') || (rest?.sourceUrl ?? ''),
    categories:
      [...records, ...(rest ? [rest] : [])]
        .map(({ categories }) => categories)
        .find((words) => words.length > 0) ?? [],
    changes: first('changes') || (rest?.changes ?? ''),
    sha256: first('sha256'),
  };
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
export function webAddress(text: string): string {
  return /^https?:\/\//i.test(text) ? text : '';
}
