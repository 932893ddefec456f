import type { ExtendedMetadata } from './extended-metadata.js';

/**
 * What api.php answers to `action=query&formatversion=2`. Everything may be absent: an answer to a search that finds
 * nothing has no `query` at all. Source: mediawiki.org, API:Query and API:Imageinfo.
 */
export interface ApiAnswer {
  /** Everything about the pages named so far was said; without it, the next answer says more about the same. */
  batchcomplete?: boolean;
  /** Parameters to send along for the next part. */
  continue?: Record<string, string | number>;
  query?: {
    pages?: ApiPage[];
    /** From titles as asked for to titles as they are: "penguin" to "Penguin". */
    normalized?: { from: string; to: string }[];
    redirects?: { from: string; to: string }[];
    extensions?: { name?: string }[];
  };
  error?: { code?: string; info?: string };
}

export interface ApiPage {
  title: string;
  /** Namespace: 0 galleries, 6 files. */
  ns?: number;
  /** No such page. A file's page may be missing and the file there, and the other way round. */
  missing?: boolean;
  /** No page can have this title. */
  invalid?: boolean;
  /** Place among search results, from 1; pages come in no order at all. */
  index?: number;
  imageinfo?: ImageInfo[];
}

/** The newest version of a file. Sizes are in pixels, as displayed. */
export interface ImageInfo {
  /** Hidden by an administrator: nothing else is told. */
  filehidden?: boolean;
  /** The page knows a file that is not there. */
  filemissing?: boolean;
  url?: string;
  /** The file's page. */
  descriptionurl?: string;
  width?: number;
  height?: number;
  mime?: string;
  /** SHA-1, lower-case hex, of the original. */
  sha1?: string;
  /** At the width asked for, or the next wider one that exists; the original's address where it is no wider. */
  thumburl?: string;
  thumbwidth?: number;
  thumbheight?: number;
  thumberror?: string;
  extmetadata?: ExtendedMetadata;
}
