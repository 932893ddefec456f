import type { ApiPage, ImageInfo } from '../api-answer.js';

/** A page of a file that may be used, as the API gives it. */
export function filePage(name: string, index: number, info: ImageInfo = {}): ApiPage {
  const page = `https://commons.example/wiki/File:${name}.jpg`;
  const metadata = { Artist: 'Ann', LicenseShortName: 'CC BY 4.0' };
  return {
    title: `File:${name}.jpg`,
    ns: 6,
    index,
    imageinfo: [
      {
        mime: 'image/jpeg',
        width: 3000,
        height: 2000,
        sha1: `sha1 of ${name}`,
        descriptionurl: page,
        thumburl: `https://files.example/960px-${name}.jpg`,
        thumbwidth: 960,
        thumbheight: 640,
        extmetadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, { value }])),
        ...info,
      },
    ],
  };
}
