import type { WantedKeyphrases } from './score-keyphrases.js';

const wants = (...things: string[]): WantedKeyphrases['wants'] =>
  things.map((thing) => {
    const [want = '', ...also] = thing.split('|');
    return { want, also };
  });

const PROMPTS: [id: string, prompt: string, things: WantedKeyphrases['wants']][] = [
  [
    'cat and astronaut',
    'a cat and an astronaut watching a rocket over a temple',
    wants('cat', 'astronaut|astronaut watching', 'rocket', 'temple'),
  ],
  [
    'plural subject',
    'butterflies dancing above a field of lavender',
    wants('butterflies dancing|butterflies', 'field', 'lavender'),
  ],
  [
    'verb after preposition',
    'a girl in a red coat feeding pigeons near a fountain',
    wants('girl', 'red coat', 'pigeons|feeding pigeons', 'fountain'),
  ],
  [
    'drinking bear',
    'a bear in a suit drinking coffee, reading a newspaper',
    wants('bear', 'suit', 'coffee|drinking coffee', 'newspaper'),
  ],
  [
    'activities',
    'climbing, camping and kayaking in Patagonia',
    wants('climbing', 'camping', 'kayaking', 'Patagonia'),
  ],
  [
    'name with particle',
    'Vincent van Gogh painting sunflowers in the garden',
    wants('Vincent van Gogh|Vincent van Gogh painting', 'sunflowers|painting sunflowers', 'garden'),
  ],
  [
    'name with of',
    'tourists in front of the Statue of Liberty at night',
    wants('tourists', 'Statue of Liberty'),
  ],
  [
    'generator praise',
    'highly detailed 8k photo of a steam locomotive, trending on artstation, cinematic lighting',
    wants('steam locomotive'),
  ],
  ['black and white', 'black-and-white photograph of an old windmill', wants('old windmill|windmill')],
  [
    'hyphens',
    'a knight in shining armor fighting a fire-breathing dragon',
    wants('knight|knight fighting', 'shining armor|armor', 'fire-breathing dragon|dragon'),
  ],
  [
    'measures',
    'dozens of colorful umbrellas and a pair of red boots',
    wants('colorful umbrellas|umbrellas', 'red boots|boots'),
  ],
  [
    'places in the picture',
    'a tiger at the top of the stairs with palm trees in the background',
    wants('tiger', 'stairs', 'palm trees'),
  ],
  [
    'bare compounds',
    'paper boats, autumn leaves, rusty keys',
    wants('paper boats', 'autumn leaves', 'rusty keys|keys'),
  ],
  [
    'finite verbs',
    'an elephant balances on a beach ball while parrots watch',
    wants('elephant|elephant balances', 'beach ball', 'parrots|parrots watch'),
  ],
  [
    'passive',
    'an old piano covered with moss, surrounded by ferns',
    wants('old piano|piano|old piano covered', 'moss', 'ferns'),
  ],
  [
    'auxiliary',
    'two kittens are sleeping on a blue sofa',
    wants('kittens|kittens sleeping', 'blue sofa|sofa'),
  ],
  [
    'market',
    'busy street market in Marrakech with spices and lanterns',
    wants('busy street market|street market|market', 'Marrakech', 'spices', 'lanterns'),
  ],
  ['html', '<b>Red&nbsp;fox</b> &amp; snowy forest', wants('red fox|fox', 'snowy forest|forest')],
  [
    'shouted name',
    'GIANT SQUID ATTACKING A SUBMARINE!',
    wants('giant squid|giant squid attacking|squid', 'submarine'),
  ],
  [
    'possessive',
    "grandma's teapot beside the children's drawings",
    wants("grandma's teapot|teapot", "children's drawings|drawings"),
  ],
  [
    'framed photo',
    'a framed photo on a wooden desk next to a lamp',
    wants('framed photo|photo', 'wooden desk|desk', 'lamp'),
  ],
  [
    'relative clause',
    'a lighthouse that guides ships through the fog',
    wants('lighthouse', 'ships|guides ships', 'fog'),
  ],
  [
    'musicians',
    'frogs playing banjos on lily pads under a full moon',
    wants('frogs|frogs playing', 'banjos|playing banjos', 'lily pads', 'full moon|moon'),
  ],
  [
    'food',
    'stack of pancakes with blueberries and maple syrup',
    wants('pancakes|stack of pancakes', 'blueberries', 'maple syrup'),
  ],
  [
    'machines',
    'vintage airplane flying over the Grand Canyon at sunset',
    wants('vintage airplane|airplane|vintage airplane flying', 'Grand Canyon', 'sunset'),
  ],
  [
    'robots',
    'a robot gardener watering tomato plants in a greenhouse on the moon',
    wants(
      'robot gardener|robot gardener watering',
      'tomato plants|watering tomato plants',
      'greenhouse',
      'moon',
    ),
  ],
  [
    'french',
    'des enfants jouent avec un cerf-volant sur la plage',
    wants('enfants|enfants jouent', 'cerf-volant', 'plage'),
  ],
  [
    'spanish',
    'una guitarra roja y dos gatos en la ventana',
    wants('guitarra roja|guitarra', 'gatos', 'ventana'),
  ],
  [
    'german',
    'ein roter Ballon und eine alte Kirche im Schnee',
    wants('roter Ballon|Ballon', 'alte Kirche|Kirche', 'Schnee'),
  ],
  ['chinese', '红色的气球和两只狗在公园里', wants('红色的气球|气球|红色气球', '狗', '公园')],
  ['japanese', '富士山と桜の下の猫', wants('富士山', '桜', '猫')],
];

/**
 * Prompts of our own with what a person wants found, for clones without the shared gold set. Forms after `|` are
 * as good. They were written before the rules were run on them: the first run gave F1 0.961 (three of 31 wrong,
 * which were then mended), so their passing now is a guard against loss, not a measure.
 */
export const OWN_PROMPTS: WantedKeyphrases[] = PROMPTS.map(([id, prompt, things]) => ({
  id,
  prompt,
  wants: things,
  // Times of day and light: as good in as out.
  optional: ['night', 'cinematic lighting'],
}));
