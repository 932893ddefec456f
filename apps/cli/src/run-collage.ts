import { join, resolve } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { DerivedStore } from '@collage/blobs/derived-store.js';
import { BlobStore } from '@collage/blobs/blob-store.js';
import { makeCollage } from '@collage/pipeline/make-collage.js';
import { promptOf } from '@collage/pipeline/objective.js';
import { Collage, CollageEvent, PictureFormat } from '@collage/proto/collage/v1/collage.js';
import { CollageFolder, slugOf } from './collage-folder.js';
import type { CommandLine } from './command-line.js';
import { evaluationLines } from './evaluation-lines.js';
import { InferenceProvider } from './inference-provider.js';
import { PhotoSources } from './photo-sources.js';
import { ProgressPrinter } from './progress-printer.js';
import { pictureName, StepPictures } from './step-pictures.js';
import { describeModels } from '@collage/licensing/describe-models.js';
import { creditsJson, creditsText } from '@collage/licensing/attribution.js';
import { creditsHtml } from '@collage/licensing/credits-html.js';
import { creditsMarkdown } from '@collage/licensing/credits-markdown.js';

/** Where a run writes for people and for programs. */
export interface RunOutputs {
  /** For a person. */
  printer: ProgressPrinter;
  /** One JSON event a line; absent: none. */
  events?: { write(text: string): unknown };
}

/**
 * Makes one collage and writes its folder while it is made.
 * @param now seconds, for durations and estimates
 */
export async function runCollage(
  { prompt, options, outFolder, stopAfter }: CommandLine,
  app: INestApplicationContext,
  { printer, events }: RunOutputs,
  now: () => number,
  signal: AbortSignal,
): Promise<Collage> {
  const blobs = app.get(BlobStore);
  const inference = app.get(InferenceProvider);
  const id = `${slugOf(prompt || (options.keyphrases ?? []).map(({ text }) => text).join(' '))}-${options.seed}`;
  // A run that ends early must not replace a finished collage.
  const folderName = stopAfter === undefined || stopAfter === 'credits' ? id : `${id}-${stopAfter}`;
  const folder = new CollageFolder(resolve(join(outFolder, folderName)));
  const steps = new StepPictures(folder, blobs);
  const tools = {
    sources: app.get(PhotoSources).all,
    blobs,
    derived: app.get(DerivedStore),
    inference: () => inference.connect(),
    now,
  };
  const making = makeCollage({ id, prompt, options, stopAfter }, tools, signal);
  try {
    let step = await making.next();
    while (!step.done) {
      const { event } = step.value;
      // The models load while photos are searched.
      if (event?.$case === 'keyphrasesFound' && stopAfter !== 'keyphrases') {
        inference.connect().catch(() => undefined);
      }
      events?.write(`${JSON.stringify(CollageEvent.toJSON(step.value))}\n`);
      printer.print(step.value);
      await steps.draw(step.value);
      step = await making.next();
    }
    const collage = step.value;
    await folder.writeRecipe(collage);
    if (collage.license) {
      const about = { prompt: promptOf(collage), models: describeModels(collage) };
      await folder.write('credits.txt', creditsText(collage.credits, collage.license, about));
      await folder.write('credits.html', creditsHtml(collage.credits, collage.license, about));
      await folder.write('credits.md', creditsMarkdown(collage.credits, collage.license, about));
      await folder.write('credits.json', creditsJson(collage.credits, collage.license, collage.models));
    }
    printer.printSkipped();
    report(collage, folder, stopAfter, printer);
    return collage;
  } catch (error) {
    // What was left out is often the reason.
    printer.printSkipped();
    throw error;
  } finally {
    // A failure here ends the stage under way as well.
    await making.return(Collage.create());
  }
}

/** The last lines: where it is, how good it is, whom it owes. */
function report(
  collage: Collage,
  folder: CollageFolder,
  stopAfter: string | undefined,
  printer: ProgressPrinter,
): void {
  if (stopAfter !== undefined && collage.license === undefined) {
    printer.line(`\nStopped after ${stopAfter}: ${folder.path}`);
    return;
  }
  const isJpeg = collage.options?.pictureFormat === PictureFormat.JPEG;
  printer.line(`\n${join(folder.path, pictureName(isJpeg ? 'image/jpeg' : 'image/png'))}`);
  for (const text of evaluationLines(collage)) printer.line(`    ${text}`);
  printer.line(`    models: ${describeModels(collage)}`);
  printer.line(`    ${collage.credits.length} photos to credit: ${join(folder.path, 'credits.txt')}`);
  printer.line(
    `    license of the collage: ${collage.license?.license?.name}. ${collage.license?.explanation}`,
  );
}
