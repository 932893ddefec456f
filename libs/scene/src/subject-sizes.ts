import type { LayoutPart } from './layout-part.js';
import { shuffledByScore } from './shuffle.js';

/** A subject and how large it will be. Convention: canvas heights, before rotation. */
export interface SizedPart {
  part: LayoutPart;
  width: number;
  height: number;
  isHero: boolean;
}

/** Ranges of heights, in canvas heights. */
const HERO = [0.45, 0.75] as const;
const MEDIUM = [0.25, 0.4] as const;
const SMALL = [0.12, 0.22] as const;
const MEDIUM_SHARE = 0.4;
/** Wider than this many canvas widths only grounds are. */
const MAX_WIDTH_SHARE = 0.6;
/** Rectangles may cover this share of the canvas together; cut-outs fill about half of theirs. */
const MAX_COVERAGE = 0.85;
/** Parts that stand on one canvas edge may fill it this often: those behind look over those in front. */
const MAX_EDGE_SHARE = 1.5;

/**
 * Draws heights: one or two heroes, the better fitting parts being the likelier, some medium (each keyphrase's best
 * part among them), the rest small. Shrinks all where they would cover too much, and those cut off below or above where they would crowd that edge.
 * @returns largest first
 */
export function subjectSizes(parts: LayoutPart[], aspectRatio: number, random: () => number): SizedPart[] {
  const { order, leadCount } = leadsFirst(shuffledByScore(parts, random));
  const heroCount = parts.length >= 4 && random() < 0.5 ? 2 : 1;
  const mediumCount = Math.max(leadCount - heroCount, Math.ceil((parts.length - heroCount) * MEDIUM_SHARE));
  const drawn = order.map((part, rank) => {
    const [min, max] = rank < heroCount ? HERO : rank < heroCount + mediumCount ? MEDIUM : SMALL;
    const widest = (MAX_WIDTH_SHARE * aspectRatio * part.height) / part.width;
    const height = Math.min(min + (max - min) * random(), widest);
    return sized(part, height, rank < heroCount);
  });
  const coverage = sum(drawn.map(({ width, height }) => width * height)) / aspectRatio;
  const shrink = Math.min(1, Math.sqrt(MAX_COVERAGE / coverage));
  const edgeShrink = {
    bottom: edgeFactor(drawn, 'bottom', aspectRatio / shrink),
    top: edgeFactor(drawn, 'top', aspectRatio / shrink),
  };
  return drawn
    .map(({ part, height, isHero }) => {
      const edge = part.borders?.bottom ? edgeShrink.bottom : part.borders?.top ? edgeShrink.top : 1;
      return sized(part, height * shrink * edge, isHero);
    })
    .sort((one, other) => other.width * other.height - one.width * one.height);
}

/** The first part of each keyphrase comes before all others: what the prompt names must not be a speck. */
function leadsFirst(parts: LayoutPart[]): { order: LayoutPart[]; leadCount: number } {
  const leads = parts.filter(
    ({ keyphraseIndex }, index) =>
      parts.findIndex((other) => other.keyphraseIndex === keyphraseIndex) === index,
  );
  return { order: [...leads, ...parts.filter((part) => !leads.includes(part))], leadCount: leads.length };
}

function edgeFactor(parts: SizedPart[], edge: 'bottom' | 'top', edgeLength: number): number {
  const filled = sum(parts.filter(({ part }) => part.borders?.[edge]).map(({ width }) => width)) / edgeLength;
  return filled > MAX_EDGE_SHARE ? MAX_EDGE_SHARE / filled : 1;
}

function sized(part: LayoutPart, height: number, isHero: boolean): SizedPart {
  return { part, width: (height * part.width) / part.height, height, isHero };
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
