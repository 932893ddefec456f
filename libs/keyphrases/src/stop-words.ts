const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));

/**
 * Function words by language: they separate phrases where no tagger is at hand, and tell languages
 * apart. Short on purpose: what stands in prompts.
 */
export const STOP_WORDS = {
  en: words(
    'a about above across after against all along amid among an and another any are around as at atop away be because ' +
      'been before behind being below beneath beside between beyond both but by can could did do does doing down during ' +
      'each few for from full had has have having he her hers him his how i if in inside into is it its just like many me ' +
      'more most much my near next no nor not of off on onto or other our out outside over own past per same she should ' +
      'so some such than that the their them then there these they this those through to too toward towards ' +
      'under until up upon us very was we were what when where which while who with within without would you your one two three four five six seven eight nine ten',
  ),
  fr: words(
    'à au aux avec ce ces cette chez comme dans de derrière des dessous dessus deux devant du elle elles en entre est et eux ' +
      'il ils la le les leur leurs mais ne où ou par parmi pas pendant plus pour près quatre que qui sa sans se ses ' +
      'son sont sous sur trois très un une vers',
  ),
  es: words(
    'a al alrededor ante bajo cerca como con contra cuatro de debajo del delante desde detrás donde dos durante e el ella ' +
      'ellos en encima entre es esta está están este hacia hasta junto la las lo los más mientras muy o para pero por que se ' +
      'según sin sobre son su sus tras tres un una unas unos y',
  ),
  de: words(
    'am an auf aus bei beim bis das dem den der des die drei durch ein eine einem einen einer eines er es für gegen hinter ' +
      'ich im in ins ist mit nach neben nicht oder ohne sehr seine seinem seinen seiner sich sie sind über um und unter ' +
      'vier vom von vor während wie zu zum zur zwei zwischen',
  ),
  it: words(
    'a accanto ad ai al alla alle allo anche che come con contro da dai dal dalla davanti degli dei del della delle dello di ' +
      'dietro due e è fra gli i il in la le lo ma mentre molto nei nel nella nelle nello non o per più quattro se senza ' +
      'si sono sopra sotto su sua sue sui sul sulla suo tra tre un una uno verso vicino',
  ),
  pt: words(
    'a ao aos as às atrás até com como contra da das de debaixo do dois dos duas e é ela ele em embaixo entre enquanto está ' +
      'estão mais mas muito na nas no nos o os ou para pela pelas pelo pelos perto por quatro que são se sem sob sobre sua ' +
      'suas seu seus três um uma umas uns',
  ),
  nl: words(
    'aan achter als bij boven de dat deze die dit door drie een en er geen haar heeft het hij hun in is met naar naast niet ' +
      'of om onder ook op over te tegen tijdens tot tussen twee uit van vier voor wordt ze zich zij zijn zonder',
  ),
} as const;

export type LatinLanguage = keyof typeof STOP_WORDS;

/** Languages whose noun comes before its adjectives: "chat noir". */
export const NOUN_FIRST_LANGUAGES: ReadonlySet<string> = words('fr es it pt');
