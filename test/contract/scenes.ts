import type { Borders } from '@collage/proto/collage/v1/photo.js';
import type { Objective } from '@collage/proto/collage/v1/composition_service.js';
import type { Layer, Scene } from '@collage/proto/collage/v1/scene.js';
import { discCutout, type NamedPicture } from './pictures.js';

/** Cut-outs by digest, as `Composer` loads them; remembers which ones it was asked for. */
export class CutoutShelf {
  readonly loaded: string[] = [];
  readonly #cutouts: Map<string, NamedPicture>;

  constructor(cutouts: NamedPicture[]) {
    this.#cutouts = new Map(cutouts.map((cutout) => [cutout.digest, cutout]));
  }

  readonly load = async (digest: string): Promise<{ picture: Buffer; borders?: Borders }> => {
    this.loaded.push(digest);
    const cutout = this.#cutouts.get(digest);
    if (!cutout) throw new Error(`No cut-out ${digest} on the shelf`);
    return { picture: cutout.picture };
  };
}

/** What the pictures of the contract are to show. */
export const objective: Objective = {
  prompt: 'a red ball before a blue sky',
  keyphrases: [
    { text: 'red ball', weight: 0.6 },
    { text: 'blue sky', weight: 0.4 },
  ],
  negatives: [],
};

/** Three discs of their own colors; `salt` makes digests that no other test has put anywhere. */
export async function threeDiscs(salt = 0): Promise<NamedPicture[]> {
  const sizes = { width: 96 + salt, height: 64 };
  return Promise.all(['crimson', 'gold', 'seagreen'].map((color) => discCutout(color, sizes)));
}

/** A scene with one layer for each cut-out, none of them where one would want it for long. */
export function sceneOf(cutouts: NamedPicture[], shift = 0): Scene {
  return {
    aspectRatio: 1.5,
    background: {
      angleDegrees: 10,
      stops: [
        { offset: 0, color: { red: 0.5, green: 0.7, blue: 0.9 } },
        { offset: 0.6, color: { red: 0.8, green: 0.8, blue: 0.7 } },
        { offset: 1, color: { red: 0.3, green: 0.5, blue: 0.3 } },
      ],
    },
    layers: cutouts.map(({ digest }, index) => layerOf(digest, index % 3, shift)),
  };
}

function layerOf(cutoutDigest: string, index: number, shift: number): Layer {
  return {
    cutoutDigest,
    placement: {
      centerX: 0.3 + 0.35 * index + shift,
      centerY: 0.4 + 0.1 * index,
      height: 0.3 + 0.05 * index,
      rotationDegrees: 12 * index - 7,
    },
    opacity: 0.9,
    tint: index === 1 ? { red: 1, green: 0.9, blue: 0.8 } : undefined,
    flipped: index === 2,
  };
}
