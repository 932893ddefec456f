import type { PhotoSet } from './starter-package.js';

/**
 * Photos within scikit-image's wheel. Author, license and page are those that `skimage/data/_fetchers.py`
 * states; pictures without a stated license (moon, motorcycle) are left out, and so are micrographs,
 * textures and drawings. Where it names no page, the source is the photo's entry in the documentation.
 * The coins are "No known copyright restrictions" in the words of the museum.
 */
// A table, one photo a line.
// prettier-ignore
export const SCIKIT_IMAGE_PHOTOS: readonly PhotoSet[] = [
  {
    name: 'data',
    folder: 'skimage/data',
    photos: [
      { file: 'astronaut.png', title: 'Astronaut Eileen Collins', description: 'Astronaut Eileen Collins in an orange space suit, with a flag and a model of the space shuttle', author: 'NASA', license: 'Public domain', sourceUrl: 'https://flic.kr/p/r9qvLn', categories: 'astronaut, woman, person, space suit, space', changes: 'cropped and scaled', sha256: '88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5' },
      { file: 'camera.png', title: 'Camera', description: 'Man with a camera on a tripod in front of a skyline, in black and white', author: 'Lav Varshney', license: 'CC0 1.0', sourceUrl: 'https://scikit-image.org/docs/stable/api/skimage.data.html#skimage.data.camera', categories: 'man, photographer, camera, person, black and white', sha256: 'b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a' },
      { file: 'chelsea.png', title: 'Chelsea the cat', description: 'Face of a ginger tabby cat', author: 'Stefan van der Walt', license: 'CC0 1.0', sourceUrl: 'https://scikit-image.org/docs/stable/api/skimage.data.html#skimage.data.chelsea', categories: 'cat, tabby, pet, animal', sha256: '596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb' },
      { file: 'clock_motion.png', title: 'Clock', description: 'Wall clock, blurred by motion', author: 'Stefan van der Walt', license: 'Public domain', sourceUrl: 'https://scikit-image.org/docs/stable/api/skimage.data.html#skimage.data.clock', categories: 'clock, time', sha256: 'f029226b28b642e80113d86622e9b215ee067a0966feaf5e60604a1e05733955' },
      { file: 'coffee.png', title: 'Coffee cup', description: 'Cup of espresso with a spoon on a wooden table', author: 'Rachel Michetti', license: 'CC0 1.0', sourceUrl: 'https://scikit-image.org/docs/stable/api/skimage.data.html#skimage.data.coffee', categories: 'coffee, cup, espresso, spoon, table, drink', sha256: 'cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7' },
      { file: 'coins.png', title: 'Greek coins from Pompeii', description: 'Ancient Greek coins in rows, in black and white', author: 'Brooklyn Museum', license: 'Public domain', sourceUrl: 'https://www.brooklynmuseum.org/opencollection/archives/image/51611', categories: 'coins, coin, money, ancient', sha256: 'f8d773fc9cfa6f4d8e5942dc34d0a0788fcaed2a4fefbbed0aef5398d7ef4cba' },
      { file: 'hubble_deep_field.jpg', title: 'Hubble eXtreme Deep Field', description: 'Galaxies in deep space seen by the Hubble telescope', author: 'NASA', license: 'Public domain', sourceUrl: 'http://hubblesite.org/newscenter/archive/releases/2012/37/image/a/', categories: 'galaxy, galaxies, stars, space, universe, night sky', sha256: '3a19c5dd8a927a9334bb1229a6d63711b1c0c767fb27e2286e7c84a3e2c2f5f4' },
      { file: 'rocket.jpg', title: 'Launch photo of DSCOVR on Falcon 9', description: 'White Falcon 9 rocket on its launch pad at dusk, between towers and lights', author: 'SpaceX', license: 'Public domain', sourceUrl: 'https://www.flickr.com/photos/spacexphotos/16511594820/in/photostream/', categories: 'rocket, launch pad, spacecraft, space, night, sky', sha256: 'c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c' },
    ],
  },
];
