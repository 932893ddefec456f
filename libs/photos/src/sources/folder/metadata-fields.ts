/** What a photo's metadata says, in one block of it; empty where it says nothing. */
export interface MetadataFields {
  title: string;
  description: string;
  author: string;
  /** How its provider wishes to be credited: stands in for the author where none is named. */
  creditLine: string;
  keywords: string[];
  /** What one may do with it, in words: a statement about the license by its very field. */
  usageTerms: string;
  /** Copyright notices, which may name a license and mostly do not: "(c) 2020 Ann". */
  notices: string[];
  /** Address of a license, or of what its author says about one. */
  licenseUrl: string;
  /** Page to be linked for the photo. */
  pageUrl: string;
}

export const noFields: MetadataFields = {
  title: '',
  description: '',
  author: '',
  creditLine: '',
  keywords: [],
  usageTerms: '',
  notices: [],
  licenseUrl: '',
  pageUrl: '',
};
