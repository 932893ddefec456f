import type { FetchedPhoto } from '@collage/fetch/fetcher.js';

/** The downloads of one search, by SHA-1 of the original: what two sources find is downloaded by one of them. */
export class DownloadsOnce {
  readonly #photos = new Map<string, Promise<FetchedPhoto>>();

  /**
   * The photo, from whoever asked for it first; where they had no luck, by one's own `download`.
   * @param sha1 of the original; empty: not known
   */
  async get(sha1: string, download: () => Promise<FetchedPhoto>): Promise<FetchedPhoto> {
    const first = sha1 === '' ? undefined : this.#photos.get(sha1);
    if (first) return first.catch(download);
    const own = download();
    if (sha1 !== '') this.#photos.set(sha1, own);
    return own;
  }
}
