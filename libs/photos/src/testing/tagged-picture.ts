import sharp from 'sharp';
import { picture } from './pictures.js';

/** An XMP packet of properties, as elements ("<dc:title>…") of the photo itself. */
export function xmpOf(properties: string): string {
  return (
    '<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">' +
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" ' +
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:cc="http://creativecommons.org/ns#" ' +
    'xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" ' +
    `xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/">${properties}</rdf:Description></rdf:RDF></x:xmpmeta>` +
    '<?xpacket end="w"?>'
  );
}

/** Properties by their usual names; texts are XML already. */
export function properties(given: {
  title?: string;
  creators?: string[];
  rights?: string;
  usageTerms?: string;
  license?: string;
  keywords?: string[];
}): string {
  const list = (kind: string, items: string[]) =>
    `<rdf:${kind}>${items.map((item) => `<rdf:li xml:lang="x-default">${item}</rdf:li>`).join('')}</rdf:${kind}>`;
  return [
    given.title && `<dc:title>${list('Alt', [given.title])}</dc:title>`,
    given.creators && `<dc:creator>${list('Seq', given.creators)}</dc:creator>`,
    given.rights && `<dc:rights>${list('Alt', [given.rights])}</dc:rights>`,
    given.usageTerms && `<xmpRights:UsageTerms>${list('Alt', [given.usageTerms])}</xmpRights:UsageTerms>`,
    given.license && `<cc:license rdf:resource="${given.license}"/>`,
    given.keywords && `<dc:subject>${list('Bag', given.keywords)}</dc:subject>`,
  ]
    .filter(Boolean)
    .join('');
}

/** A JPEG with metadata. */
export async function tagged(seed: number, xmp?: string, exif: Record<string, string> = {}): Promise<Buffer> {
  const plain = sharp(await picture(seed)).withExif({ IFD0: exif });
  return (xmp === undefined ? plain : plain.withXmp(xmp)).jpeg().toBuffer();
}
