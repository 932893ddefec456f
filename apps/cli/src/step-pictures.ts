import type { BlobStore } from '@collage/blobs/blob-store.js';
import { Collage_State as State, type CollageEvent } from '@collage/proto/collage/v1/collage.js';
import type { Cutout, Photo } from '@collage/proto/collage/v1/photo.js';
import type { Scene } from '@collage/proto/collage/v1/scene.js';
import { cutoutSheet, type CutPhoto } from '@collage/render/cutout-sheet.js';
import { gradientPlot } from '@collage/render/gradient-plot.js';
import { photoSheet } from '@collage/render/photo-sheet.js';
import { renderScene } from '@collage/render/render-scene.js';
import { sceneSheet } from '@collage/render/scene-sheet.js';
import type { CollageFolder } from './collage-folder.js';
import { IterationSample } from './iteration-sample.js';

const PHOTO_LIMIT = 28;
/** Height at which scenes are drawn side by side, in pixels. */
const SCENE_HEIGHT = 280;

/** File name of the collage's picture. */
export function pictureName(mediaType: string): string {
  return mediaType === 'image/jpeg' ? 'collage.jpg' : 'collage.png';
}

/** Draws the pictures of the steps as the article shows them, each when its stage is done. */
export class StepPictures {
  private photos: Photo[] = [];
  private keyphrases: string[] = [];
  /** Iterations shown beside each other: the first, the middle one, the last. */
  private readonly iterations = new IterationSample<Scene>();

  constructor(
    private readonly folder: CollageFolder,
    private readonly blobs: BlobStore,
  ) {}

  async draw({ event }: CollageEvent): Promise<void> {
    const load = (digest: string) => this.blobs.get(digest);
    switch (event?.$case) {
      case 'keyphrasesFound':
        this.keyphrases = event.value.keyphrases.map(({ text }) => text);
        break;
      case 'photosFound': {
        this.photos = event.value.photos;
        const shown = this.photos.slice(0, PHOTO_LIMIT).map(({ digest, ranking }) => ({
          load: () => load(digest),
          keyphrase: this.keyphrases[ranking?.keyphraseIndex ?? 0] ?? '',
        }));
        await this.folder.write('steps/1-photos.png', await photoSheet(shown));
        break;
      }
      case 'cutoutsFound':
        await this.folder.write('steps/2-cutouts.png', await cutoutSheet(this.groups(event.value.cutouts)));
        break;
      case 'backgroundFitted':
        await this.folder.write('steps/3-background.png', await gradientPlot(event.value.background!));
        break;
      case 'layoutsScored': {
        const { best, samples } = event.value;
        const captioned = [
          ...samples.map(({ scene, score }, index) => ({
            scene: scene!,
            caption: `layout ${index + 1}: ${score?.score.toFixed(3)}`,
          })),
          { scene: best[0]!.scene!, caption: `the best: ${best[0]!.score?.score.toFixed(3)}` },
        ];
        await this.folder.write('steps/4-layouts.png', await this.sceneRow(captioned));
        break;
      }
      case 'optimized': {
        const { state, progress } = event.value;
        if (state !== State.OPTIMIZING) break;
        const { step, scene } = progress!;
        this.iterations.take(step, scene!);
        break;
      }
      case 'stageFinished':
        if (event.value.state === State.OPTIMIZING && this.iterations.chosen.length > 0) {
          // Without their scores: each step's is from other views, so they do not compare.
          const captioned = this.iterations.chosen.map(({ step, value: scene }) => ({
            scene,
            caption: `iteration ${step}`,
          }));
          await this.folder.write('steps/5-iterations.png', await this.sceneRow(captioned));
        }
        break;
      case 'rendered':
        await this.folder.write(pictureName(event.value.mediaType), await load(event.value.pictureDigest));
        break;
    }
  }

  /** Scenes drawn beside each other, each with its caption. */
  private async sceneRow(scenes: { scene: Scene; caption: string }[]): Promise<Buffer> {
    const pictures = [];
    for (const { scene, caption } of scenes) {
      pictures.push({
        caption,
        picture: await renderScene(scene, SCENE_HEIGHT, (digest) => this.blobs.get(digest)),
      });
    }
    return sceneSheet(pictures);
  }

  /** Each photo with its cut-outs, in the order of the best cut-out. */
  private groups(cutouts: Cutout[]): CutPhoto[] {
    return [...new Set(cutouts.map(({ photoDigest }) => photoDigest))].map((photoDigest) => ({
      load: () => this.blobs.get(photoDigest),
      cutouts: cutouts
        .filter((cutout) => cutout.photoDigest === photoDigest)
        .map(
          ({ digest }) =>
            () =>
              this.blobs.get(digest),
        ),
    }));
  }
}
