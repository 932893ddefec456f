import { GCOMPRIS_ANIMALS } from './gcompris-animals.js';
import { GCOMPRIS_PLACES } from './gcompris-places.js';
import { GCOMPRIS_THINGS } from './gcompris-things.js';
import { LOMIRI_WALLPAPERS } from './lomiri-wallpapers.js';
import { SCIKIT_IMAGE_PHOTOS } from './scikit-image-photos.js';
import { SCIKIT_LEARN_PHOTOS } from './scikit-learn-photos.js';
import type { StarterPackage } from './starter-package.js';

/** Where the starter photos come from: 10 photos everywhere, 158 where there is apt. */
export const STARTER_PACKAGES: readonly StarterPackage[] = [
  { name: 'scikit-image', kind: 'wheel', version: '0.26.0', sets: SCIKIT_IMAGE_PHOTOS },
  { name: 'scikit-learn', kind: 'wheel', version: '1.9.1', sets: SCIKIT_LEARN_PHOTOS },
  {
    name: 'gcompris-qt-data',
    kind: 'deb',
    sets: [...GCOMPRIS_ANIMALS, ...GCOMPRIS_PLACES, ...GCOMPRIS_THINGS],
  },
  { name: 'lomiri-wallpapers-16.04', kind: 'deb', sets: LOMIRI_WALLPAPERS },
];
