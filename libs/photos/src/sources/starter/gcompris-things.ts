import type { PhotoSet } from './starter-package.js';

/**
 * Photos of musicians, planets and things in Debian's gcompris-qt-data. Author, license, page and changes are
 * those of the README in the same container; titles are those of the pages; what a photo shows was written
 * down by looking at it. The digests are those of version 3.1-2.
 */
// A table, one photo a line.
// prettier-ignore
export const GCOMPRIS_THINGS: readonly PhotoSet[] = [
  {
    name: 'explore-world-music',
    container: 'usr/share/gcompris-qt/rcc/explore_world_music.rcc',
    folder: 'gcompris/src/activities/explore_world_music/resource/music',
    photos: [
      { file: 'africa.webp', title: 'Bata drums', description: 'Three decorated bata drums on grass', author: 'Kenneth Ritchards', license: 'Public domain', sourceUrl: 'https://commons.wikimedia.org/wiki/File:Bata_drums.jpg', categories: 'drum, drums, music, Africa, instrument', sha256: 'c4b27aebe08498a882efa57ebc1ac2798ae2173228656f107cd8bff6098b5acf' },
      { file: 'america.webp', title: 'Onalaska-Practice6', description: 'Drum kit and electric guitar of a rock band', author: 'Tom Harpel', license: 'CC BY 2.0', sourceUrl: 'https://commons.wikimedia.org/wiki/File:Onalaska-Practice6.jpg', categories: 'guitar, electric guitar, drums, music, rock band, instrument', sha256: '72af64588442d1e251ed33568629d35bf88b3fa348def66265320571bdda0927' },
      { file: 'australia.webp', title: 'Australia Aboriginal Culture 009', description: 'Aboriginal man playing the didgeridoo', author: 'Steve Evans', license: 'CC BY 2.0', sourceUrl: 'https://commons.wikimedia.org/wiki/File:Australia_Aboriginal_Culture_009.jpg', categories: 'man, musician, didgeridoo, music, Australia', sha256: 'b7e0bc6da6f9fd8b2ae453f9a4a7021e5439bbd8944d4566b938134c0fa24951' },
      { file: 'ireland.webp', title: 'Lunny irvine o flynn glackin', description: 'Irish folk musicians playing on a stage', author: 'candyschwartz', license: 'CC BY 2.0', sourceUrl: 'https://commons.wikimedia.org/wiki/File:Lunny_irvine_o_flynn_glackin.jpg', categories: 'musicians, band, concert, stage, folk music, guitar', sha256: '20ef5a10a55b03632dc5fec2434c3a7814c15abbbe7489dedb4aa97ee6b111af' },
      { file: 'italy.webp', title: 'Ópera cásina', description: 'Singers in costume in an opera', author: 'SoriamuséuM', license: 'CC0 1.0', sourceUrl: 'https://commons.wikimedia.org/wiki/File:%C3%93pera_c%C3%A1sina.jpg', categories: 'opera, singers, theatre, stage, music, people', sha256: 'b30a023e5d36bb053a4ee8e57bd0b4fa2042e3d0a5ab8e663a341ba6e35672ad' },
      { file: 'japan.webp', title: 'Agidaiko03', description: 'Drummers of Japanese taiko drums at night', author: 'takami torao', license: 'Public domain', sourceUrl: 'https://commons.wikimedia.org/wiki/File:Agidaiko03.jpg', categories: 'taiko, drums, drummers, Japan, music, people', sha256: '0f0aa2d3116e01acdc693b626b1b60699124145670e624121289a7ced5020679' },
      { file: 'mexico.webp', title: 'Wikipedia 10 Guadalajara - Mariachi', description: 'Mariachi musicians with guitars', author: 'Elidealista', license: 'CC0 1.0', sourceUrl: 'https://commons.wikimedia.org/wiki/File:Wikipedia_10_Guadalajara_-_Mariachi.jpg', categories: 'mariachi, musicians, guitar, violin, Mexico, music, people', sha256: 'cd1286e5d7649bc446a47297f0127a38295e5a5f39a641b528e0c5063675c9d1' },
      { file: 'middleeast.webp', title: 'Dutār MET DP703859', description: 'Dutar, a lute with a long neck', author: 'Metropolitan Museum of Art', license: 'CC0 1.0', sourceUrl: 'https://commons.wikimedia.org/wiki/File:Dut%C4%81r_MET_DP703859.jpg', categories: 'dutar, lute, instrument, music', sha256: 'bc847e52730f5920b6743b59c881cc16430a1d2438ceba9008a2880530f7aaf2' },
      { file: 'orchestra.webp', title: 'Orchestra of the 18th Century', description: 'Symphony orchestra in a concert hall', author: 'ABC Informática', license: 'Public domain', sourceUrl: 'https://commons.wikimedia.org/wiki/File:Orchestra_of_the_18th_Century.jpg', categories: 'orchestra, musicians, concert, violins, music, people', sha256: 'b4a6d85a40cefbd33cc6801ffcbb3ad7026d8d79be134c753b4f12b0b862cedf' },
    ],
  },
  {
    name: 'solar-system',
    container: 'usr/share/gcompris-qt/rcc/solar_system.rcc',
    folder: 'gcompris/src/activities/solar_system/resource',
    photos: [
      { file: 'earth.webp', title: 'The Blue Marble', description: 'Planet Earth seen from space, the Blue Marble', author: 'NASA', license: 'Public domain', sourceUrl: 'https://commons.wikimedia.org/wiki/File:The_Blue_Marble.jpg', categories: 'Earth, planet, globe, world, space', changes: 'cut out by Timothée Giet', sha256: '5a5d3681316224b6e6b1b507dfa95893f658079b43991b5da4ca3c8085322631' },
      { file: 'jupiter.webp', title: 'Jupiter (transparent)', description: 'Planet Jupiter with its bands of cloud', author: 'NASA', license: 'Public domain', sourceUrl: 'https://commons.wikimedia.org/wiki/File:Jupiter_(transparent).png', categories: 'Jupiter, planet, space', sha256: '89878f5164cb9c5c43c5415f3b95d10e4fd55d6b9eef75d5914ad0439f6216ee' },
      { file: 'mars.webp', title: 'Mars Hubble', description: 'Planet Mars seen by the Hubble telescope', author: 'NASA and the Hubble Heritage Team', license: 'Public domain', sourceUrl: 'https://commons.wikimedia.org/wiki/File:Mars_Hubble.jpg', categories: 'Mars, planet, red planet, space', changes: 'cut out by Timothée Giet', sha256: '9004a9946b60e0966db7611a0fb845b59aab92b4b3978252a73ffda70bb0624c' },
      { file: 'mercury.webp', title: 'Mercury Globe-MESSENGER mosaic centered at 0degN-0degE', description: 'Planet Mercury, grey and cratered', author: 'NASA', license: 'Public domain', sourceUrl: 'https://en.wikipedia.org/wiki/File:Mercury_Globe-MESSENGER_mosaic_centered_at_0degN-0degE.jpg', categories: 'Mercury, planet, craters, space', changes: 'cut out by Timothée Giet', sha256: '4f93b41debe30c49699536f249a0600f170837a439b9780ad14e72f31bd99dea' },
      { file: 'neptune.webp', title: 'Neptune', description: 'Blue planet Neptune', author: 'NASA', license: 'Public domain', sourceUrl: 'https://commons.wikimedia.org/wiki/File:Neptune.jpg', categories: 'Neptune, planet, space', changes: 'cut out by Timothée Giet', sha256: '9243c85fc0e8f603c7464eee80d4f9152d97b21af6cb38c101045258f44e9dd6' },
      { file: 'saturn.webp', title: 'Saturn during Equinox', description: 'Planet Saturn and its rings', author: 'NASA', license: 'Public domain', sourceUrl: 'https://commons.wikimedia.org/wiki/File:Saturn_during_Equinox.jpg', categories: 'Saturn, planet, rings, space', changes: 'cut out by Timothée Giet', sha256: '2a8a0bc3f5abade4dbde3767684f8c4a3c8491d6cad5b35be31e20479c94aa36' },
      { file: 'sun.webp', title: "The Sun by the Atmospheric Imaging Assembly of NASA's Solar Dynamics Observatory - 20100819", description: 'The Sun, orange and fiery', author: 'NASA', license: 'Public domain', sourceUrl: 'https://commons.wikimedia.org/wiki/File:The_Sun_by_the_Atmospheric_Imaging_Assembly_of_NASA%27s_Solar_Dynamics_Observatory_-_20100819.jpg', categories: 'Sun, star, fire, space', changes: 'cut out by Timothée Giet', sha256: '5ee2088ee7cfc54fe3f27d661a149c10df7214d47208001f65fbd1b8359748fd' },
      { file: 'uranus.webp', title: 'Uranus', description: 'Pale blue planet Uranus', author: 'NASA', license: 'Public domain', sourceUrl: 'https://commons.wikimedia.org/wiki/File:Uranus.jpg', categories: 'Uranus, planet, space', changes: 'cut out by Timothée Giet', sha256: '18ebe5a07598e1783070a5c899ff4795cd29e5775d20d9c3e4e1ede2627fca71' },
      { file: 'venus.webp', title: 'Venus globe - transparent background', description: 'Planet Venus, orange', author: 'NASA', license: 'Public domain', sourceUrl: 'https://commons.wikimedia.org/wiki/File:Venus_globe_-_transparent_background.png', categories: 'Venus, planet, space', sha256: '0f89371a9805ec21774ff936b4f32ca7e6664377c867e619df96cfc557165601' },
    ],
  },
  {
    name: 'categorization',
    container: 'usr/share/gcompris-qt/rcc/categorization.rcc',
    folder: 'gcompris/src/activities/categorization/resource/images',
    photos: [
      { file: 'others/baseball.webp', title: 'Baseball ball', description: 'Baseball with red stitches', author: 'Cody escadron delta', license: 'Public domain', sourceUrl: 'https://commons.wikimedia.org/wiki/File:Baseball_ball.jpg', categories: 'baseball, ball, sport', sha256: '374c9ed08f3aef66ad05698e575718d2f02e2cdc9629e6607c1223480d49ca89' },
      { file: 'monuments/victoriaMemorial.webp', title: 'Victoria Memorial London April 2006 056', description: 'Victoria Memorial in front of a blue sky', author: 'Gryffindor', license: 'Public domain', sourceUrl: 'https://commons.wikimedia.org/wiki/File:Victoria_Memorial_London_April_2006_056.jpg', categories: 'statue, monument, London', sha256: 'acb47a53be1d913d83bdc1081f7769a1615fa8cf43c7d68b873fef45fcd4b8a6' },
    ],
  },
];
