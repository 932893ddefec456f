import type { CommonsApi } from './commons-api.js';
import { type PhotoAddress, thumbnailOf } from './commons-file.js';
import type { ThumbnailWidth } from './thumbnail-widths.js';
import { titleBatches } from './title-batches.js';

/**
 * Where files are to be had at a width, by title; files that are gone are left out. A file no wider than asked for gives
 * its original. The addresses are the wiki's own: how it names thumbnails is its affair.
 * @param titles with namespace; they share requests, see {@link titleBatches}
 */
export async function photoAddresses(
  api: CommonsApi,
  titles: readonly string[],
  width: ThumbnailWidth,
  signal?: AbortSignal,
): Promise<Map<string, PhotoAddress>> {
  const addresses = new Map<string, PhotoAddress>();
  for (const batch of titleBatches(titles)) {
    const parameters = {
      titles: batch.join('|'),
      prop: 'imageinfo',
      iiprop: 'url|size|mime',
      iiurlwidth: width,
    };
    for await (const pages of api.pages(parameters, signal)) {
      for (const { title, imageinfo: [info] = [] } of pages) {
        const address = info && !info.filemissing && !info.filehidden && thumbnailOf(info, api.address);
        if (address) addresses.set(title, address);
      }
    }
  }
  return addresses;
}
