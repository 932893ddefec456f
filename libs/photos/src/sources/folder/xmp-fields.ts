import { DOMParser, onErrorStopParsing, type Element, type Node } from '@xmldom/xmldom';
import { noFields, type MetadataFields } from './metadata-fields.js';

/** More than any packet of words; larger ones hold pictures or editing histories, and cost seconds to read. */
export const MAX_XMP_BYTES = 256 * 1024;

/** XMP that can't be read; the message says why. */
export class XmpUnreadableError extends Error {
  override readonly name = 'XmpUnreadableError';
}

const RDF = 'http://www.w3.org/1999/02/22-rdf-syntax-ns#';
const DC = 'http://purl.org/dc/elements/1.1/';
const RIGHTS = 'http://ns.adobe.com/xap/1.0/rights/';
const PHOTOSHOP = 'http://ns.adobe.com/photoshop/1.0/';
/** Today's and that of older writers. */
const CREATIVE_COMMONS = ['http://creativecommons.org/ns#', 'http://web.resource.org/cc/'];

/**
 * What an XMP packet, from a picture or a `.xmp` file beside it, says about a photo. Only the photo's own
 * properties count, by their namespaces: not those of its ingredients or its history.
 * @throws XmpUnreadableError when it is larger than 256 KiB or no XML
 */
export function readXmpFields(bytes: Uint8Array): MetadataFields {
  if (bytes.byteLength > MAX_XMP_BYTES) {
    throw new XmpUnreadableError(
      `expected at most ${MAX_XMP_BYTES} bytes of XMP but received ${bytes.byteLength}`,
    );
  }
  const descriptions = parse(decode(bytes));
  const values = (namespace: string, name: string): string[] =>
    descriptions.flatMap((description) => valuesOf(description, namespace, name));
  const first = (namespace: string, name: string): string => values(namespace, name)[0] ?? '';
  const ofCreativeCommons = (name: string): string =>
    CREATIVE_COMMONS.map((namespace) => first(namespace, name)).find((value) => value !== '') ?? '';
  return {
    ...noFields,
    title: first(DC, 'title') || first(PHOTOSHOP, 'Headline'),
    description: first(DC, 'description'),
    author: values(DC, 'creator').join(', ') || ofCreativeCommons('attributionName'),
    creditLine: first(PHOTOSHOP, 'Credit'),
    keywords: values(DC, 'subject'),
    usageTerms: first(RIGHTS, 'UsageTerms'),
    notices: [first(DC, 'rights')].filter((notice) => notice !== ''),
    licenseUrl: ofCreativeCommons('license') || first(RIGHTS, 'WebStatement'),
    pageUrl: ofCreativeCommons('attributionURL'),
  };
}

/** XMP is UTF-8; what is not was written by a program that took the machine's own, most likely this one. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** The `rdf:Description` elements of the photo itself. */
function parse(text: string): Element[] {
  try {
    // Padding and bytes of zero stand around the packet in some files.
    const xml = text.replaceAll('\0', '').trim();
    const page = new DOMParser({ onError: onErrorStopParsing }).parseFromString(xml, 'text/xml');
    return [...page.getElementsByTagNameNS(RDF, 'RDF')].flatMap((rdf) =>
      elementsOf(rdf).filter(
        ({ namespaceURI, localName }) => namespaceURI === RDF && localName === 'Description',
      ),
    );
  } catch (error) {
    throw new XmpUnreadableError(`its XMP is no XML: ${String((error as Error).message).slice(0, 100)}`);
  }
}

/** A property's values: of an attribute, a text, an address, or the items of a list, the default language first. */
function valuesOf(description: Element, namespace: string, name: string): string[] {
  const attribute = description.getAttributeNS(namespace, name)?.trim();
  if (attribute) return [attribute];
  const property = elementsOf(description).find(
    (element) => element.namespaceURI === namespace && element.localName === name,
  );
  if (!property) return [];
  const items = [...property.getElementsByTagNameNS(RDF, 'li')];
  const isDefault = (item: Element): boolean => item.getAttribute('xml:lang') === 'x-default';
  const ordered = [...items.filter(isDefault), ...items.filter((item) => !isDefault(item))];
  const texts =
    ordered.length > 0
      ? ordered.map((item) => item.textContent)
      : [property.getAttributeNS(RDF, 'resource') || property.textContent];
  return texts.map((text) => (text ?? '').trim()).filter((text) => text !== '');
}

function elementsOf(parent: Element): Element[] {
  return [...parent.childNodes].filter((node: Node): node is Element => node.nodeType === node.ELEMENT_NODE);
}
