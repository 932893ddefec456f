import { defaultTreeAdapter, type DefaultTreeAdapterMap, html, parseFragment } from 'parse5';

type Node = DefaultTreeAdapterMap['node'];
export type Element = DefaultTreeAdapterMap['element'];

/** Elements whose text nobody reads. */
const UNSEEN = new Set(['script', 'style', 'template', 'noscript', 'title', 'head']);
/** Elements that begin on a line of their own. */
const BLOCKS = new Set(
  'address article blockquote br center dd div dl dt figure h1 h2 h3 h4 h5 h6 hr li ol p pre section table td th tr ul'.split(
    ' ',
  ),
);
/** Real values nest ten deep at most; a page made to exhaust the stack does not get its way. */
const MAX_DEPTH = 100;
/** Real values have some thousand characters at most; parsing time may grow with the square of the depth. */
const MAX_LENGTH = 50_000;

/** The nodes of an HTML fragment, with what its author hid from readers left out. */
export function visibleNodes(fragment: string): Node[] {
  return parseFragment(fragment.slice(0, MAX_LENGTH)).childNodes.filter(isVisible);
}

/** Whether a reader sees it: not a comment, a script, or hidden by style, attribute or class. */
function isVisible(node: Node): boolean {
  if (!isElement(node)) return defaultTreeAdapter.isTextNode(node);
  return (
    node.namespaceURI === html.NS.HTML &&
    !UNSEEN.has(node.tagName) &&
    attribute(node, 'hidden') === undefined &&
    !/(?:display\s*:\s*none|visibility\s*:\s*hidden)/i.test(attribute(node, 'style') ?? '') &&
    !/\b(?:mw-editsection|noprint-only|navigation-not-searchable)\b/.test(attribute(node, 'class') ?? '')
  );
}

export function isElement(node: Node): node is Element {
  return defaultTreeAdapter.isElementNode(node);
}

/** An attribute's value, with entities resolved; undefined where there is none. */
export function attribute(element: Element, name: string): string | undefined {
  return element.attrs.find((candidate) => candidate.name === name)?.value;
}

/** All visible elements among nodes and within them, in reading order. */
export function visibleElements(nodes: readonly Node[], depth = 0): Element[] {
  if (depth > MAX_DEPTH) return [];
  return nodes
    .filter(isElement)
    .flatMap((element) => [element, ...visibleElements(element.childNodes.filter(isVisible), depth + 1)]);
}

/**
 * The lines a reader sees of nodes, white space collapsed, empty ones left out.
 * @param leftOut elements that are not read, besides hidden ones
 */
export function linesOf(
  nodes: readonly Node[],
  leftOut: (element: Element) => boolean = () => false,
): string[] {
  const text = (node: Node, depth: number): string => {
    // Line ends of the source are only white space.
    if (defaultTreeAdapter.isTextNode(node)) return node.value.replaceAll(/\s+/g, ' ');
    if (!isElement(node) || !isVisible(node) || leftOut(node) || depth > MAX_DEPTH) return '';
    const within = node.childNodes.map((child) => text(child, depth + 1)).join('');
    return BLOCKS.has(node.tagName) ? `\n${within}\n` : within;
  };
  return nodes
    .map((node) => text(node, 0))
    .join('')
    .split('\n')
    .map((line) => line.replaceAll(/[\s\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/g, ' ').trim())
    .filter((line) => line !== '');
}

/**
 * What a reader sees of a value that may be HTML: entities resolved, tags, hidden parts and invisible
 * characters gone, on one line. Plain text stays as it is.
 */
export function plainText(value: string): string {
  return linesOf(visibleNodes(value)).join(' ');
}
