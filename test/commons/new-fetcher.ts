import type { Fetcher } from '@collage/fetch/fetcher.js';
import { plainFetcher } from '@collage/photos/sources/commons/testing/plain-fetcher.js';

/** Makes a fetcher that may reach the wiki at an address. */
export type NewFetcher = (address: string) => Fetcher;

/** The fetcher that the tests against a real wiki use. */
export const newFetcher: NewFetcher = () => plainFetcher();
