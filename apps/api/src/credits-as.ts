import { creditsJson, creditsText } from '@collage/licensing/attribution.js';
import { creditsHtml } from '@collage/licensing/credits-html.js';
import { creditsMarkdown } from '@collage/licensing/credits-markdown.js';
import { describeModels } from '@collage/licensing/describe-models.js';
import { promptOf } from '@collage/pipeline/objective.js';
import type { Collage, CollageLicense } from '@collage/proto/collage/v1/collage.js';
import { notMade } from './not-made.js';
import type { CreditFormat } from './output.queries.js';

type Write = (collage: Collage, license: CollageLicense, about: { prompt: string; models: string }) => string;

const writers: Record<CreditFormat, { mediaType: string; write: Write }> = {
  json: {
    mediaType: 'application/json; charset=utf-8',
    write: ({ credits, models }, license) => creditsJson(credits, license, models),
  },
  text: {
    mediaType: 'text/plain; charset=utf-8',
    write: ({ credits }, license, about) => creditsText(credits, license, about),
  },
  html: {
    mediaType: 'text/html; charset=utf-8',
    write: ({ credits }, license, about) => creditsHtml(credits, license, about),
  },
  markdown: {
    mediaType: 'text/markdown; charset=utf-8',
    write: ({ credits }, license, about) => creditsMarkdown(credits, license, about),
  },
};

/** The credits of a collage, as the command line writes them. Throws a ProblemError where there are none yet. */
export function creditsAs(format: CreditFormat, collage: Collage): { mediaType: string; text: string } {
  if (!collage.license) throw notMade(collage, 'credits');
  const { mediaType, write } = writers[format];
  const about = { prompt: promptOf(collage), models: describeModels(collage) };
  return { mediaType, text: write(collage, collage.license, about) };
}
