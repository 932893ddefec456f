import type { Database } from '@collage/database/database.js';
import { licenseVerdict, type LicenseWishes } from '@collage/licensing/compatibility.js';
import { parseLicense } from '@collage/licensing/license.js';
import { skipped, type SkippedPhoto } from '../../photo-source.js';

/** The licenses, as addresses, that imported photos are listed under, by whether a collage may use them. */
export interface ListedLicenses {
  usable: string[];
  /** What is not searched, one for each license. */
  refused: SkippedPhoto[];
}

/** Which of the imported photos' licenses will do. There are a handful of them, whatever the number of photos. */
export async function listedLicenses(database: Database, wishes: LicenseWishes): Promise<ListedLicenses> {
  const { pool } = await database.connect();
  const { rows } = await pool.query<{ url: string }>(
    'SELECT license_url AS url FROM open_image_license ORDER BY license_url COLLATE "C"',
  );
  const usable: string[] = [];
  const refused: SkippedPhoto[] = [];
  for (const { url } of rows) {
    const license = parseLicense(url);
    const verdict = licenseVerdict(license, wishes);
    if (verdict.usable) usable.push(url);
    else refused.push(skipped(verdict.reason, `all photos under ${license.name}`, verdict.detail));
  }
  return { usable, refused };
}
