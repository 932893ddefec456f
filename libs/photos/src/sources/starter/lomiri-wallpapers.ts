import type { PhotoSet } from './starter-package.js';

/**
 * Photos among Debian's lomiri-wallpapers-16.04; its other pictures are drawings and patterns. Author and
 * license are those of the package's copyright file, the source is the one it names. The digests are those
 * of version 20.04.0-2.
 */
// A table, one photo a line.
// prettier-ignore
export const LOMIRI_WALLPAPERS: readonly PhotoSet[] = [
  {
    name: 'backgrounds',
    folder: 'usr/share/backgrounds',
    photos: [
      { file: 'Dragonfly_by_Bolly.jpg', title: 'Dragonfly', description: 'Dragonfly on the leaves of a tree under a blue sky', author: 'Bolly', license: 'CC BY-SA 4.0', sourceUrl: 'https://gitlab.com/ubports/development/core/lomiri-wallpapers', categories: 'dragonfly, insect, tree, leaves', sha256: 'af5af17841009732def24b09bb1e669a1b09d2b4bdeee7812c371101c30d2bb3' },
      { file: 'Picture_0B_by_freespace.jpg', title: 'Picture 0B', description: 'Half a fig on a red plate', author: 'Trevor "Freespace"', license: 'CC BY 4.0', sourceUrl: 'https://gitlab.com/ubports/development/core/lomiri-wallpapers', categories: 'fig, fruit, plate, food', sha256: 'c8c0ab18e48d9e0419fe42881112137f3afafc27dfddc29ec3a6d54c56d225ad' },
      { file: 'Picture_1A_by_freespace.jpg', title: 'Picture 1A', description: 'Used paint brushes, blue and red', author: 'Trevor "Freespace"', license: 'CC BY 4.0', sourceUrl: 'https://gitlab.com/ubports/development/core/lomiri-wallpapers', categories: 'paint brush, brushes, paint, art, color', sha256: '89e86af38d04daaef975665dc2127e9fa76f0fd68f4eea105a2d0ae3390b010b' },
      { file: 'Wine_by_Jakkub_Mede.jpg', title: 'Wine', description: 'Djembe drum beside a table with a bottle of wine and glasses', author: 'Jakub Mede', license: 'CC BY 4.0', sourceUrl: 'https://gitlab.com/ubports/development/core/lomiri-wallpapers', categories: 'drum, wine, bottle, table, room', sha256: 'd2e96e6d4da40dd804b3d0ce295e94de04a2d7d9b6785d42cd9d92ba58bced74' },
      { file: 'aitzgorri_by_Aitzol_Berasategi.jpg', title: 'Aitzgorri', description: 'Green meadow in front of autumn forest and a mountain range', author: 'Aitzol Berasategi', license: 'CC BY 4.0', sourceUrl: 'https://gitlab.com/ubports/development/core/lomiri-wallpapers', categories: 'mountain, mountains, meadow, forest, autumn, landscape', sha256: '66268e7b48f8854d36a28765fac6e23ec1aee251daa6da1f64715f201020ad36' },
      { file: 'free_by_Peter_Nerlich.jpg', title: 'Free', description: 'Bird with spread wings, a mobile hanging from a lamp', author: 'Peter Nerlich', license: 'CC BY-SA 4.0', sourceUrl: 'https://gitlab.com/ubports/development/core/lomiri-wallpapers', categories: 'bird, wings, flying, lamp', sha256: '85a5453c2fed514c75973016f3d862aca62eb7ca087618822469274ac1092373' },
      { file: 'friends_by_Aitzol_Berasategi.jpg', title: 'Friends', description: 'Two brown dogs looking out of the door of a wooden house', author: 'Aitzol Berasategi', license: 'CC BY 4.0', sourceUrl: 'https://gitlab.com/ubports/development/core/lomiri-wallpapers', categories: 'dog, dogs, house, door, friends', sha256: 'cc40e313c74e421edffe3403def413c16878ce14661cce7ec5915baeab35538d' },
      { file: 'greentock_by_Peter_Nerlich.jpg', title: 'Greentock', description: 'Face of a clock with golden hands', author: 'Peter Nerlich', license: 'CC BY-SA 4.0', sourceUrl: 'https://gitlab.com/ubports/development/core/lomiri-wallpapers', categories: 'clock, time', sha256: 'e7b20e2db9dcd6e2b278ca55873c2110b35d89cd38b04d0b18728726888e6889' },
      { file: 'life_by_Aitzol_Berasategi.jpg', title: 'Life', description: 'Stream with small waterfalls running over mossy rocks in a forest', author: 'Aitzol Berasategi', license: 'CC BY 4.0', sourceUrl: 'https://gitlab.com/ubports/development/core/lomiri-wallpapers', categories: 'stream, waterfall, water, rocks, forest, landscape', sha256: '4c119350ead80201fe256850c3d316309ddfb4bdf10b235ce982dcde0c667c05' },
      { file: 'picosdeeuropa_by_Aitzol_Berasategi.jpg', title: 'Picos de Europa', description: 'Path to rocky mountain peaks with patches of snow and clouds', author: 'Aitzol Berasategi', license: 'CC BY 4.0', sourceUrl: 'https://gitlab.com/ubports/development/core/lomiri-wallpapers', categories: 'mountain, mountains, snow, peaks, clouds, path, landscape', sha256: '414d0072b2f6f2c555deafeaef6e45c4fed6fa9ad26eba6560ca8803959cf97a' },
      { file: 'seeding_by_Clements_Engelhardt.jpg', title: 'Seeding', description: 'Dandelion clocks in a meadow in golden evening light', author: 'Clemens Engelhardt', license: 'CC0 1.0', sourceUrl: 'https://gitlab.com/ubports/development/core/lomiri-wallpapers', categories: 'dandelion, flower, meadow, evening, summer', sha256: 'a5634d1ab5e41a3568e92d4a894a500c92b891f9ff734e50bd224d6e185a605f' },
      { file: 'sunset_by_Aitzol_Berasategi.jpg', title: 'Sunset', description: 'Sunset over hills', author: 'Aitzol Berasategi', license: 'CC BY 4.0', sourceUrl: 'https://gitlab.com/ubports/development/core/lomiri-wallpapers', categories: 'sunset, sun, sky, hills, evening, landscape', sha256: '474dab6a4b9f94dc76c29dfe30e9f5db4af0fd2e33fe5d695f8152b371efca18' },
    ],
  },
];
