/**
 * Fields of rows by the names of their columns, without spaces around them; empty where there is no such column.
 * What PostgreSQL can't hold (NUL) is left out.
 * @param header names of the columns
 */
export function fieldReader(header: readonly string[]): (row: readonly string[], name: string) => string {
  const places = new Map(header.map((name, index) => [name.trim(), index]));
  return (row, name) => (row[places.get(name) ?? -1] ?? '').replaceAll('\0', '').trim();
}
