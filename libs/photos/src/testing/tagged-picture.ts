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
  credit?: string;
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
    given.credit && `<photoshop:Credit>${given.credit}</photoshop:Credit>`,
    given.keywords && `<dc:subject>${list('Bag', given.keywords)}</dc:subject>`,
  ]
    .filter(Boolean)
    .join('');
}

/** IPTC's binary block as Photoshop wraps it, with fields by their number in record 2: 80 is the by-line. */
export function iptcOf(fields: Record<number, string>): Buffer {
  const datasets = Object.entries(fields).map(([number, text]) => {
    const value = Buffer.from(text, 'latin1');
    return Buffer.concat([Buffer.from([0x1c, 2, Number(number), 0, value.length]), value]);
  });
  const data = Buffer.concat(datasets);
  // Its own part after another one, of five bytes and one that fills up.
  const another = Buffer.from('8BIM\x03\xed\0\0\0\0\0\x05hello\0', 'latin1');
  const header = Buffer.from('8BIM\x04\x04\0\0\0\0\0\0', 'latin1');
  header.writeUInt32BE(data.length, 8);
  return Buffer.concat([Buffer.from('Photoshop 3.0\0', 'latin1'), another, header, data]);
}

/** A JPEG with this as its block of EXIF (0xe1) or IPTC (0xed), whatever it holds. */
export function withBlock(jpeg: Buffer, marker: 0xe1 | 0xed, block: Buffer): Buffer {
  const frame = Buffer.from([0xff, marker, 0, 0]);
  frame.writeUInt16BE(block.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), frame, block, jpeg.subarray(2)]);
}

/** A JPEG with metadata. */
export async function tagged(seed: number, xmp?: string, exif: Record<string, string> = {}): Promise<Buffer> {
  const plain = sharp(await picture(seed)).withExif({ IFD0: exif });
  return (xmp === undefined ? plain : plain.withXmp(xmp)).jpeg().toBuffer();
}
