/**
 * Codes of the jurisdictions that Creative Commons ported its licenses to, as they stand at the
 * end of a license's address, with the English names that license titles use.
 * Source: the versions page of creativecommons.org (ports exist for 1.0 to 3.0 only).
 */
const JURISDICTION_NAMES: Record<string, string> = {
  am: 'armenia',
  ar: 'argentina',
  at: 'austria',
  au: 'australia',
  az: 'azerbaijan',
  be: 'belgium',
  bg: 'bulgaria',
  br: 'brazil',
  ca: 'canada',
  ch: 'switzerland',
  cl: 'chile',
  cn: 'china mainland',
  co: 'colombia',
  cr: 'costa rica',
  cz: 'czech republic',
  de: 'germany',
  dk: 'denmark',
  ec: 'ecuador',
  ee: 'estonia',
  eg: 'egypt',
  es: 'spain',
  fi: 'finland',
  fr: 'france',
  ge: 'georgia',
  gr: 'greece',
  gt: 'guatemala',
  hk: 'hong kong',
  hr: 'croatia',
  hu: 'hungary',
  ie: 'ireland',
  igo: 'intergovernmental organizations',
  il: 'israel',
  in: 'india',
  it: 'italy',
  jp: 'japan',
  kr: 'south korea',
  lu: 'luxembourg',
  mk: 'macedonia',
  mt: 'malta',
  mx: 'mexico',
  my: 'malaysia',
  nl: 'netherlands',
  no: 'norway',
  nz: 'new zealand',
  pe: 'peru',
  ph: 'philippines',
  pl: 'poland',
  pr: 'puerto rico',
  pt: 'portugal',
  ro: 'romania',
  rs: 'serbia',
  scotland: 'scotland',
  se: 'sweden',
  sg: 'singapore',
  si: 'slovenia',
  th: 'thailand',
  tw: 'taiwan',
  ug: 'uganda',
  uk: 'england and wales',
  us: 'united states',
  ve: 'venezuela',
  vn: 'vietnam',
  za: 'south africa',
};

/** Whether `code` (lower case) is a jurisdiction that licenses were ported to. */
export function isJurisdictionCode(code: string): boolean {
  return Object.hasOwn(JURISDICTION_NAMES, code);
}

/** Replaces a jurisdiction's English name in lower-case text by its code: "3.0 germany" -> "3.0 de". */
export function jurisdictionNamesToCodes(text: string): string {
  let coded = text;
  for (const [code, name] of Object.entries(JURISDICTION_NAMES)) {
    coded = coded.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), code);
  }
  return coded;
}
