import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Collage } from '@collage/proto/collage/v1/collage.js';

/** `A cat & an Astronaut!` -> `a-cat-an-astronaut`; letters of every script stay; never empty. */
export function slugOf(prompt: string): string {
  const slug = prompt
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return Array.from(slug).slice(0, 60).join('').replace(/-+$/, '') || 'collage';
}

const OWN_FILES = [
  'collage.png',
  'collage.jpg',
  'collage.json',
  'credits.txt',
  'credits.html',
  'credits.md',
  'credits.json',
  'steps',
];

/** The folder of one collage: its picture, recipe, credits and the pictures of its steps. */
export class CollageFolder {
  private opened?: Promise<void>;

  constructor(readonly path: string) {}

  /** Makes the folder, or empties it of an earlier run's files (only those this class writes). */
  private async open(): Promise<void> {
    await mkdir(this.path, { recursive: true });
    await Promise.all(OWN_FILES.map((name) => rm(join(this.path, name), { recursive: true, force: true })));
    await mkdir(join(this.path, 'steps'));
  }

  /**
   * Writes a file of the folder, such as `collage.png` or `steps/1-photos.png`. The folder appears with its first
   * file: a refused prompt leaves none.
   */
  async write(name: string, content: string | Uint8Array): Promise<void> {
    await (this.opened ??= this.open());
    await writeFile(join(this.path, name), content);
  }

  /** Writes the recipe: the proto3 JSON of the collage. */
  async writeRecipe(collage: Collage): Promise<void> {
    await this.write('collage.json', `${JSON.stringify(Collage.toJSON(collage), null, 2)}\n`);
  }
}
