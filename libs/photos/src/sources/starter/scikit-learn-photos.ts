import type { PhotoSet } from './starter-package.js';

/**
 * Photos within scikit-learn's wheel. License and page are those of `sklearn/datasets/images/README.txt`,
 * the authors those of the pages' addresses (it names one author for both).
 */
// A table, one photo a line.
// prettier-ignore
export const SCIKIT_LEARN_PHOTOS: readonly PhotoSet[] = [
  {
    name: 'images',
    folder: 'sklearn/datasets/images',
    photos: [
      { file: 'china.jpg', title: 'China', description: 'Chinese temple tower with tiers of curved roofs above trees and a lake', author: 'danielbuechele', license: 'CC BY 2.0', sourceUrl: 'https://www.flickr.com/photos/danielbuechele/6061409035/sizes/z/in/photostream/', categories: 'temple, pagoda, tower, palace, China, lake, trees', sha256: '8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29' },
      { file: 'flower.jpg', title: 'Flower', description: 'Orange dahlia flower in close-up', author: 'vultilion', license: 'CC BY 2.0', sourceUrl: 'https://www.flickr.com/photos/vultilion/6056698931/sizes/z/in/photostream/', categories: 'flower, dahlia, blossom, garden, plant', sha256: 'a77f6ec41e353afdf8bdff2ea981b2955535d8d83294f8cfa49cf4e423dd5638' },
    ],
  },
];
