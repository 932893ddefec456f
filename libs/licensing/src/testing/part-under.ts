import { Credit } from '@collage/proto/collage/v1/photo.js';
import { parseLicense } from '../license.js';

/** A photo's credit under a license, in any spelling that `parseLicense` knows, titled by it. */
export function partUnder(license: string, changes: Partial<Credit> = {}): Credit {
  return Credit.fromPartial({
    title: license,
    author: 'Ann',
    sourceUrl: 'https://example.org/photo',
    license: parseLicense(license),
    photoDigest: license,
    ...changes,
  });
}
