import { describe, expect, it } from 'vitest';
import { BlobUrlInvalid, readBlobUrl } from './blob-url.js';

describe('readBlobUrl', () => {
  it('reads bucket, prefix, endpoint and region', () => {
    expect(
      readBlobUrl('s3://my-bucket/some/where/?endpoint=http://127.0.0.1:9000&region=eu-central-1'),
    ).toEqual({
      bucket: 'my-bucket',
      prefix: 'some/where/',
      endpoint: 'http://127.0.0.1:9000',
      region: 'eu-central-1',
    });
  });

  it('takes a bucket alone', () => {
    const place = { bucket: 'my-bucket', prefix: '', endpoint: undefined, region: 'us-east-1' };
    expect(readBlobUrl('s3://my-bucket')).toEqual(place);
    expect(readBlobUrl('s3://my-bucket/')).toEqual(place);
  });

  it.each([
    ['file:///tmp', 'an address that begins with s3://'],
    ['bucket', 'an address that begins with s3://'],
    ['s3://My_Bucket', 'a bucket of 3 to 63'],
    ['s3://ab', 'a bucket of 3 to 63'],
    ['s3://bucket/pre fix', 'a prefix of letters'],
    ['s3://bucket:9000/x', 'no user, password, port'],
    ['s3://bucket?endpiont=http://x', 'no parameters but endpoint and region'],
    ['s3://bucket?endpoint=127.0.0.1:9000', 'an endpoint that begins with http'],
  ])('refuses %s', (text, expected) => {
    expect(() => readBlobUrl(text)).toThrow(BlobUrlInvalid);
    expect(() => readBlobUrl(text)).toThrow(`Expected ${expected}`);
  });

  it('does not repeat credentials in its message', () => {
    expect(() => readBlobUrl('s3://key:secret@bucket')).toThrow(/^(?!.*secret).*no user, password/);
  });
});
