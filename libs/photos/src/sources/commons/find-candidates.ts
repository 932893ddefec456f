import { FetchError } from '@collage/fetch/fetch-error.js';
import type { Keyphrase } from '@collage/proto/collage/v1/collage.js';
import { skipped, type SkippedPhoto } from '../../photo-source.js';
import type { ApiPage } from './api-answer.js';
import type { CommonsApi } from './commons-api.js';
import { CommonsError } from './commons-error.js';
import { type CommonsFile, type FileWishes, toCommonsFile } from './commons-file.js';
import { photoAddresses } from './photo-addresses.js';
import { NAME, unanswered } from './search-failures.js';
import { searchTerms } from './search-terms.js';
import { THUMBNAIL_WIDTHS, thumbnailWidth, type ThumbnailWidth } from './thumbnail-widths.js';

/** More scaled pictures than this MediaWiki does not name in one answer. Source: ApiQueryImageInfo::TRANSFORM_LIMIT. */
const MAX_BATCH = 50;
/** So many batches of one search or gallery are looked at before a less exact query gets its turn. */
const MAX_BATCHES = 4;

/** How candidates are looked for, the same for all keyphrases of a query. */
export interface CandidateSearch {
  api: CommonsApi;
  wishes: FileWishes;
  /** Of the thumbnails. */
  width: ThumbnailWidth;
  /** Gallery pages by query, where there are. */
  galleries: ReadonlyMap<string, string>;
  hasCirrus: boolean;
  /** Files in one answer, 1 to 50; absent: as many as are useful. */
  batch?: number;
}

/**
 * Files that answer a keyphrase, and those that would but can't be used, batch by batch as the wiki answers; a batch may
 * be empty. Its queries are tried from the most exact, each as a search and then, where a gallery page has that name, as
 * the gallery; it ends after the batch with which `wanted` files are found. A look-up that the wiki refuses is a batch
 * that says so.
 * @param seen titles and SHA-1s that were found before, for this keyphrase or another; each comes once
 */
export async function* findCandidates(
  { queries, text }: Keyphrase,
  wanted: number,
  search: CandidateSearch,
  seen: Set<string>,
  signal?: AbortSignal,
): AsyncGenerator<(CommonsFile | SkippedPhoto)[]> {
  const { api, width, galleries, hasCirrus } = search;
  // Some will not do: twice as many as are wanted spare a second request.
  const limit = search.batch ?? Math.min(MAX_BATCH, Math.max(10, 2 * wanted));
  const properties = {
    redirects: 1,
    prop: 'imageinfo',
    iiprop: 'url|size|mime|sha1|extmetadata',
    iiurlwidth: width,
    iiextmetadatalanguage: 'en',
    iiextmetadatafilter: METADATA_FIELDS.join('|'),
  };
  let count = 0;
  for (const query of queries.length > 0 ? queries : [text]) {
    const terms = searchTerms(query, hasCirrus);
    const gallery = galleries.get(query);
    const lookups = [
      terms && { generator: 'search', gsrsearch: terms, gsrnamespace: 6, gsrwhat: 'text', gsrlimit: limit },
      gallery && { generator: 'images', titles: gallery, gimlimit: limit },
    ];
    for (const lookup of lookups) {
      if (!lookup) continue;
      let batches = 0;
      try {
        for await (const pages of api.pages({ ...lookup, ...properties }, signal)) {
          const { files, unusable } = usableFiles(pages, search, seen);
          yield [...unusable, ...(await withWideEnough(files, search, signal))];
          count += files.length;
          if (count >= wanted) return;
          if (++batches === MAX_BATCHES) break;
        }
      } catch (error) {
        yield [unanswered(error, `the ${lookup.generator === 'search' ? 'search' : 'gallery'} "${query}"`)];
      }
    }
  }
}

/** The files of a batch that may be used and were not seen before, and why others can't be. */
function usableFiles(
  pages: readonly ApiPage[],
  { api, wishes }: CandidateSearch,
  seen: Set<string>,
): { files: CommonsFile[]; unusable: SkippedPhoto[] } {
  const files: CommonsFile[] = [];
  const unusable: SkippedPhoto[] = [];
  for (const page of pages.filter(({ title }) => !seen.has(title))) {
    seen.add(page.title);
    const file = toCommonsFile(page, wishes, api.address);
    if ('kind' in file) unusable.push(file);
    // The same file under two names.
    else if (!seen.has(file.sha1)) files.push(file);
    if ('sha1' in file && file.sha1 !== '') seen.add(file.sha1);
  }
  return { files, unusable };
}

/**
 * Files with thumbnails whose shorter side is long enough: panoramas get wider ones. Where the wiki does not say where
 * those are they keep the thumbnail they have, and a finding tells so.
 */
async function withWideEnough(
  files: CommonsFile[],
  { api, wishes: { minShortSide }, width }: CandidateSearch,
  signal?: AbortSignal,
): Promise<(CommonsFile | SkippedPhoto)[]> {
  const wider = new Map<string, CommonsFile['thumbnail']>();
  const missing: SkippedPhoto[] = [];
  for (const wide of THUMBNAIL_WIDTHS.filter((candidate) => candidate > width)) {
    const panoramas = files.filter((file) => thumbnailWidth(file, width, minShortSide) === wide);
    const titles = panoramas.map(({ title }) => title);
    try {
      for (const [title, address] of await photoAddresses(api, titles, wide, signal))
        wider.set(title, address);
    } catch (error) {
      if (!(error instanceof FetchError || error instanceof CommonsError)) throw error;
      const detail = `${titles.length} panoramas are fetched at ${width} px instead of ${wide}: ${error.message}`;
      missing.push(skipped('WIDER_UNAVAILABLE', NAME, detail));
    }
  }
  return [
    ...missing,
    ...files.map((file) => ({ ...file, thumbnail: wider.get(file.title) ?? file.thumbnail })),
  ];
}

/** What of a file's metadata is read. */
const METADATA_FIELDS = [
  'Artist',
  'Attribution',
  'AttributionRequired',
  'Categories',
  'Copyrighted',
  'ImageDescription',
  'License',
  'LicenseShortName',
  'LicenseUrl',
  'NonFree',
  'ObjectName',
  'Restrictions',
  'UsageTerms',
];
