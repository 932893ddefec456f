/** A row of a list of images as OpenImages' file has it; what is not given is as usual. */
export interface ListedImage {
  imageId: string;
  license?: string;
  originalUrl?: string;
  landingUrl?: string;
  author?: string;
  title?: string;
  originalSize?: number;
  thumbnailUrl?: string;
  rotation?: string;
}

export const CC_BY = 'https://creativecommons.org/licenses/by/2.0/';

const HEADER =
  'ImageID,Subset,OriginalURL,OriginalLandingURL,License,AuthorProfileURL,Author,Title,OriginalSize,OriginalMD5,Thumbnail300KURL,Rotation';

/** An id of 16 hexadecimal digits. */
export function imageIdOf(number: number): string {
  return number.toString(16).padStart(16, '0');
}

/** A list of images as CSV, quoted where it must be. */
export function listOfImages(images: readonly ListedImage[]): string {
  const rows = images.map(({ imageId, ...given }) =>
    [
      imageId,
      'train',
      given.originalUrl ?? `https://photos.example/${imageId}_o.jpg`,
      given.landingUrl ?? `https://photos.example/pages/${imageId}`,
      given.license ?? CC_BY,
      'https://photos.example/people/ann',
      given.author ?? 'Ann',
      given.title ?? '',
      given.originalSize ?? '',
      '0Sad+xMj2ttXM1U8meEJ0A==',
      given.thumbnailUrl ?? '',
      given.rotation ?? '',
    ].map(quoted),
  );
  return [HEADER, ...rows.map((row) => row.join(',')), ''].join('\n');
}

/** Images whose rows are as odd as genuine ones get: commas, quotes, line breaks, other scripts; every tenth has no license. */
export function oddImages(count: number): ListedImage[] {
  const titles = [
    'Three boys on a hill',
    'Sea, "blue"',
    'Berg\nund Tal',
    '富士山',
    '',
    '_GUT6674',
    'Façade 🐧',
  ];
  return Array.from({ length: count }, (_, index) => ({
    imageId: imageIdOf(index + 1),
    title: titles[index % titles.length]!,
    author: `Ann, no. ${index % 5}`,
    license: index % 10 === 9 ? '' : CC_BY,
  }));
}

function quoted(field: string | number): string {
  const text = String(field);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
