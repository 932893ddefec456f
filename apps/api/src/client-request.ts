import type { Request } from 'express';

/** Who asks. */
export interface ApiClient {
  /** The API key's name, and the owner of what it makes; '' where there are no keys. */
  owner: string;
  /** Whom limits count: the key's name, or the address where there are no keys. */
  limitedAs: string;
  requestsPerMinute: number;
  unfinishedCollages: number;
}

/** A request with what we know of it; `client` is there behind the guard. */
export interface ClientRequest extends Request {
  requestId: string;
  client?: ApiClient;
  /** Of a collage that the request made or is about: for the log. */
  collageId?: string;
}
