/** Where an S3-compatible store is, and where in it we are. */
export interface S3Place {
  bucket: string;
  /** Before every name: empty, or ending in `/`. */
  prefix: string;
  /** Address of the server; undefined: Amazon's of the region. */
  endpoint: string | undefined;
  region: string;
}

/** A BLOB_URL that cannot be used. */
export class BlobUrlInvalid extends Error {
  override readonly name = 'BlobUrlInvalid';
  readonly reason = 'BLOB_URL_INVALID';

  constructor(expected: string, received: string) {
    super(
      `Expected ${expected} for BLOB_URL but received "${received}"; ` +
        'one is s3://bucket/prefix?endpoint=https://storage.example.org&region=eu-central-1.',
    );
  }
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PREFIX = /^([A-Za-z0-9][A-Za-z0-9._-]*\/)*$/;
const PARAMETERS = ['endpoint', 'region'];
/** What servers that know no regions take. */
const ANY_REGION = 'us-east-1';

/**
 * Reads `s3://bucket/prefix?endpoint=…&region=…`; prefix and both parameters may be absent. Credentials are no part
 * of it: the SDK takes them from its usual environment (AWS_ACCESS_KEY_ID, …).
 *
 * @throws BlobUrlInvalid
 */
export function readBlobUrl(text: string): S3Place {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 's3:')
    throw new BlobUrlInvalid('an address that begins with s3://', withoutSecrets(text));
  if (url.username || url.password || url.port || url.hash) {
    throw new BlobUrlInvalid(
      'no user, password, port or fragment (credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)',
      withoutSecrets(text),
    );
  }
  if (!BUCKET.test(url.hostname)) {
    throw new BlobUrlInvalid('a bucket of 3 to 63 lower-case letters, digits, "." and "-"', text);
  }
  const path = url.pathname.split('/').filter(Boolean).join('/');
  const prefix = path === '' ? '' : `${path}/`;
  if (!PREFIX.test(prefix))
    throw new BlobUrlInvalid('a prefix of letters, digits, ".", "_", "-" and "/"', text);
  for (const name of url.searchParams.keys()) {
    if (!PARAMETERS.includes(name))
      throw new BlobUrlInvalid(`no parameters but ${PARAMETERS.join(' and ')}`, text);
  }
  const endpoint = url.searchParams.get('endpoint') || undefined;
  if (endpoint && !(URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol))) {
    throw new BlobUrlInvalid('an endpoint that begins with http:// or https://', text);
  }
  return { bucket: url.hostname, prefix, endpoint, region: url.searchParams.get('region') || ANY_REGION };
}

/** A message may end in a log: what stands before an `@` does not. */
function withoutSecrets(text: string): string {
  return text.replace(/\/\/[^/@]*@/, '//…@');
}
