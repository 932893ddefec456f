import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import {
  BackgroundMode,
  CollageOptions,
  PartOfSpeech,
  PictureFormat,
  Quality,
} from '@collage/proto/collage/v1/collage.js';
import { licenseVerdict, type LicenseWishes } from '@collage/licensing/compatibility.js';
import { parseLicense } from '@collage/licensing/license.js';
import { licenseWishes } from '@collage/licensing/wanted-licenses.js';
import { stageNames, type StageName } from '@collage/pipeline/stage-steps.js';
import { parseAspect, parseBackground, parseSize, parseWeightedTexts } from './option-values.js';

/** What a person asked for on the command line. */
export interface CommandLine {
  prompt: string;
  options: Partial<CollageOptions>;
  /** Folder of photos of their own; absent: the starter photos. */
  photosFolder?: string;
  /** License of those photos that name none. */
  photosLicense?: string;
  /** Author of the photos under that license. */
  photosAuthor?: string;
  /** Whether to look on Wikimedia Commons too. */
  commons: boolean;
  /** Whether to look among the imported photos of OpenImages too. */
  openImages: boolean;
  /** Folder that gets the collage's folder. */
  outFolder: string;
  stopAfter?: StageName;
  /** Events as JSON lines on standard output. */
  json: boolean;
}

/** Nothing to run: help was asked for, or the command line is wrong; `message` is printed already. */
export class CommandLineEnd extends Error {
  constructor(readonly exitCode: number) {
    super();
  }
}

const partsOfSpeech: Record<string, PartOfSpeech> = {
  noun: PartOfSpeech.NOUN,
  adjective: PartOfSpeech.ADJECTIVE,
  verb: PartOfSpeech.VERB,
};
const formats: Record<string, PictureFormat> = { png: PictureFormat.PNG, jpeg: PictureFormat.JPEG };
const qualities: Record<string, Quality> = {
  draft: Quality.DRAFT,
  normal: Quality.NORMAL,
  high: Quality.HIGH,
};

/** Exit code of a wrong command line, as shells have it. */
export const USAGE_EXIT_CODE = 2;

/**
 * Reads the command line.
 * @param args arguments after the program's name
 * @throws CommandLineEnd after printing help (exit code 0) or what is wrong (exit code 2)
 */
export function parseCommandLine(args: string[]): CommandLine {
  const command = new Command('collage')
    .description('Makes a photo collage of real, licensed, credited photos from a text.')
    .argument('[prompt...]', 'what the collage should show, such as "penguins skiing down a snowy mountain"')
    .option(
      '--photos <folder>',
      'your own photos, with manifest.jsonl, photo.jpg.json, their own metadata or license.json for the credits (default: the starter photos)',
    )
    .option(
      '--photos-license <license>',
      'license of your own photos that name none, such as "CC BY 4.0"; needs --photos',
      valueOf(licenseName),
    )
    .option('--photos-author <name>', 'author of the photos under --photos-license')
    .option('--commons', 'look on Wikimedia Commons too; set CONTACT first (see .env.example)', false)
    .option('--open-images', 'look among photos of OpenImages too; see npm run open-images -- --help', false)
    .option('--seed <number>', 'draws all random numbers', wholeNumber, 1)
    .option('--size <pixels>', 'height, or width x height: 1024, 1536x1024', valueOf(parseSize))
    .option('--aspect <ratio>', 'width to height: 3:2, 1.5; wins over that of --size', valueOf(parseAspect))
    .addOption(
      new Option('--quality <effort>', 'draft, normal or high')
        .choices(Object.keys(qualities))
        .default('normal'),
    )
    .option(
      '--seconds <number>',
      'time for background, layouts and climb together; the counts below are then upper limits',
      seconds,
    )
    .option('--layouts <number>', 'random layouts to score', countingNumber)
    .option('--variations <number>', 'variations of the best layout to try; 0: none', wholeNumber)
    .option('--iterations <number>', 'steps of the climb; 0: none', wholeNumber)
    .option('--background-iterations <number>', "steps of the background's fit; 0: none", wholeNumber)
    .option('--cutouts <number>', 'cut-outs in the picture', countingNumber)
    .option('--photo-count <number>', 'photos to keep of those found, the best ranked', countingNumber)
    .option(
      '--keyphrases <list>',
      'look for these instead: "penguins:2, snowy mountain"',
      valueOf(parseWeightedTexts),
    )
    .option('--pos <list>', 'words that make keyphrases: noun,adjective,verb', valueOf(listOf(partsOfSpeech)))
    .option('--negative <list>', 'what it should not show: "text, people:2"', valueOf(parseWeightedTexts))
    .option(
      '--background <kind>',
      'fit, fit@ANGLE, photo, or colors: #88aaff, "#88aaff,#ffffff@30"',
      valueOf(parseBackground),
    )
    .option(
      '--licenses <list>',
      'what the collage may cost whoever uses it: cc0, sellable (CC0, PD, BY), share-alike (and BY-SA; the default), noncommercial (CC0, PD, BY, BY-NC); or names such as cc-by,cc-by-sa-4.0; "nc" also allows NonCommercial',
      valueOf(licensesOf),
    )
    .option('--out <folder>', "where the collage's folder goes", 'collages')
    .addOption(
      new Option('--format <format>', 'of the picture: png or jpeg')
        .choices(Object.keys(formats))
        .default('png'),
    )
    .addOption(new Option('--stop-after <stage>', 'end early').choices(stageNames))
    .option('--json', 'one JSON event a line on standard output, all talk on standard error', false)
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 2 bad input, 3 nothing found, 4 sidecar trouble, 5 database trouble, 130 cancelled, 1 anything unexpected.',
    )
    .allowExcessArguments(false)
    .showHelpAfterError('(see --help)')
    .exitOverride();
  try {
    command.parse(args, { from: 'user' });
    checkPhotoOptions(command);
  } catch (error) {
    if (error instanceof CommanderError) throw new CommandLineEnd(error.exitCode === 0 ? 0 : USAGE_EXIT_CODE);
    throw error;
  }
  const given = command.opts();
  const size: { height: number; aspect?: number } | undefined = given.size;
  return {
    prompt: command.args.join(' '),
    options: {
      seed: given.seed,
      heightPixels: size?.height ?? 0,
      aspectRatio: given.aspect ?? size?.aspect ?? 0,
      quality: qualities[given.quality] ?? Quality.NORMAL,
      layoutCount: given.layouts ?? 0,
      variationCount: stepCount(given.variations),
      iterationCount: stepCount(given.iterations),
      backgroundIterationCount: stepCount(given.backgroundIterations),
      timeBudgetSeconds: given.seconds ?? 0,
      cutoutCount: given.cutouts ?? 0,
      photoCount: given.photoCount ?? 0,
      keyphrases: given.keyphrases ?? [],
      partsOfSpeech: given.pos ?? [],
      negatives: given.negative ?? [],
      ...(given.background ?? { backgroundMode: BackgroundMode.UNSPECIFIED }),
      pictureFormat: formats[given.format] ?? PictureFormat.PNG,
      ...given.licenses,
    },
    photosFolder: given.photos,
    photosLicense: given.photosLicense,
    photosAuthor: given.photosAuthor,
    commons: given.commons,
    openImages: given.openImages,
    outFolder: given.out,
    stopAfter: given.stopAfter,
    json: given.json,
  };
}

/** What is said of the photos must be said of some, and whole: a license that asks for its author needs one. */
function checkPhotoOptions(command: Command): void {
  const { photos, photosLicense, photosAuthor } = command.opts();
  if (photosLicense !== undefined && photos === undefined) {
    command.error('error: Expected --photos beside --photos-license but received none.');
  }
  if (photosAuthor !== undefined && photosLicense === undefined) {
    command.error('error: Expected --photos-license beside --photos-author but received none.');
  }
  if (photosLicense !== undefined && photosAuthor === undefined && photosLicense.startsWith('CC BY')) {
    command.error(`error: ${photosLicense} asks for the author: expected --photos-author but received none.`);
  }
}

/** The license's name, from any spelling. */
function licenseName(text: string): string {
  const license = parseLicense(text);
  const verdict = licenseVerdict(license, { noncommercialAllowed: true });
  if (!verdict.usable) throw new Error(`Expected a license such as "CC BY 4.0": ${verdict.detail}.`);
  return license.name;
}

/** In the options 0 means "the default" and -1 "none". */
function stepCount(given: number | undefined): number {
  if (given === undefined) return 0;
  return given === 0 ? -1 : given;
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError(`Expected a whole number but received "${text}".`);
  return Number(text);
}

function countingNumber(text: string): number {
  const number = wholeNumber(text);
  if (number === 0) throw new InvalidArgumentError('Expected at least 1 but received 0.');
  return number;
}

function seconds(text: string): number {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (!(number >= 1)) throw new InvalidArgumentError(`Expected 1 or more seconds but received "${text}".`);
  return number;
}

/** Turns a parser's Error into commander's, which names the option. */
function valueOf<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message);
    }
  };
}

function names(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
}

function licensesOf(text: string): LicenseWishes {
  const listed = names(text);
  if (listed.length === 0) throw new Error('Expected at least one license or budget.');
  return licenseWishes(listed);
}

function listOf<T>(choices: Record<string, T>): (text: string) => T[] {
  return (text) => {
    const chosen = names(text);
    for (const name of chosen) {
      if (!Object.hasOwn(choices, name)) {
        throw new Error(`Expected ${Object.keys(choices).join(', ')} but received "${name}".`);
      }
    }
    if (chosen.length === 0) throw new Error(`Expected at least one of ${Object.keys(choices).join(', ')}.`);
    return chosen.map((name) => choices[name]!);
  };
}
