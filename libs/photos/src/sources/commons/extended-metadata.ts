/**
 * What a file's page says about it (`iiprop=extmetadata`): field by field `{ value, source, hidden? }`. Any field
 * may be absent, and a value may be text, HTML, a number, or, where several languages were asked for or the wiki
 * knows no better, an object from language to text.
 * Source: Commons:Machine-readable data; MediaWiki's API:Imageinfo.
 */
export type ExtendedMetadata = Readonly<Record<string, unknown>>;

/** The value of a field as it was given, maybe HTML, in English where there is a choice; empty where there is none. */
export function metadataValue(metadata: ExtendedMetadata, field: string): string {
  const entry = Object.hasOwn(metadata, field) ? metadata[field] : undefined;
  return textOf(isObject(entry) && 'value' in entry ? entry.value : entry);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!isObject(value)) return '';
  const { _type, ...languages } = value;
  const chosen = languages['en'] ?? languages['x-default'] ?? Object.values(languages)[0];
  return typeof chosen === 'string' ? chosen.trim() : '';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
