import { Inject, Injectable } from '@nestjs/common';
import { join } from 'node:path';
import type { PhotoSource } from '@collage/photos/photo-source.js';
import { folderSource } from '@collage/photos/sources/folder.js';
import { starterSource } from '@collage/photos/sources/starter/starter-source.js';
import { Surroundings } from './surroundings.js';

/** Where this run looks for photos: the person's own folder, or else the starter photos. */
@Injectable()
export class PhotoSources {
  readonly all: PhotoSource[];

  constructor(@Inject(Surroundings) surroundings: Surroundings) {
    this.all = [
      surroundings.photos === undefined
        ? starterSource({
            cacheFolder: join(surroundings.data, 'starter'),
            python: join(surroundings.root, '.venv', 'bin', 'python'),
          })
        : folderSource(surroundings.photos.folder, surroundings.photos),
    ];
  }
}
