import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackgroundMode, PartOfSpeech, PictureFormat, Quality } from '@collage/proto/collage/v1/collage.js';
import { CommandLineEnd, parseCommandLine } from './command-line.js';

describe('parseCommandLine', () => {
  let printed = '';
  beforeEach(() => {
    printed = '';
    for (const stream of [process.stdout, process.stderr]) {
      vi.spyOn(stream, 'write').mockImplementation((text) => {
        printed += String(text);
        return true;
      });
    }
  });
  afterEach(() => vi.restoreAllMocks());

  /** Runs a command line that should end at once; gives its exit code. */
  function endOf(args: string[]): number {
    try {
      parseCommandLine(args);
    } catch (error) {
      if (error instanceof CommandLineEnd) return error.exitCode;
      throw error;
    }
    throw new Error('the command line was accepted');
  }

  it('takes a prompt with or without quotes', () => {
    expect(parseCommandLine(['a cat', 'on', 'a roof']).prompt).toBe('a cat on a roof');
  });

  it('leaves what is not given to the defaults', () => {
    const { options, outFolder, json, photosFolder, commons, openImages, stopAfter } = parseCommandLine([
      'a cat',
    ]);
    expect(options).toMatchObject({
      seed: 1,
      heightPixels: 0,
      aspectRatio: 0,
      layoutCount: 0,
      iterationCount: 0,
    });
    expect({ outFolder, json, photosFolder, commons, openImages, stopAfter }).toEqual({
      commons: false,
      openImages: false,
      outFolder: 'collages',
      json: false,
      photosFolder: undefined,
      stopAfter: undefined,
    });
  });

  it('reads every option', () => {
    const line = parseCommandLine(
      'a cat --photos mine --seed 7 --size 800x400 --quality high --seconds 2.5 --layouts 9 --iterations 0 --background-iterations 5 --cutouts 3 --photo-count 20'
        .split(' ')
        .concat(
          '--keyphrases',
          'cat:2, roof',
          '--pos',
          'noun,verb',
          '--negative',
          'text',
          '--background',
          'photo',
        )
        .concat(
          '--licenses',
          'cc0,nc',
          '--format',
          'jpeg',
          '--out',
          'there',
          '--stop-after',
          'photos',
          '--json',
        ),
    );
    expect(line).toMatchObject({ photosFolder: 'mine', outFolder: 'there', stopAfter: 'photos', json: true });
    expect(line.options).toMatchObject({
      seed: 7,
      heightPixels: 400,
      aspectRatio: 2,
      quality: Quality.HIGH,
      timeBudgetSeconds: 2.5,
      layoutCount: 9,
      iterationCount: -1,
      backgroundIterationCount: 5,
      cutoutCount: 3,
      photoCount: 20,
      keyphrases: [
        { text: 'cat', weight: 2 },
        { text: 'roof', weight: 1 },
      ],
      partsOfSpeech: [PartOfSpeech.NOUN, PartOfSpeech.VERB],
      negatives: [{ text: 'text', weight: 1 }],
      backgroundMode: BackgroundMode.PHOTO,
      licenses: ['CC0'],
      noncommercialAllowed: true,
      pictureFormat: PictureFormat.JPEG,
    });
  });

  it('takes a license and an author for all photos of the folder', () => {
    const args = ['a', '--photos', 'mine', '--photos-license', 'cc-by-4.0', '--photos-author', 'Me'];
    expect(parseCommandLine(args)).toMatchObject({ photosLicense: 'CC BY 4.0', photosAuthor: 'Me' });
    const free = parseCommandLine(['a', '--photos', 'mine', '--photos-license', 'CC0']);
    expect(free).toMatchObject({ photosLicense: 'CC0 1.0', photosAuthor: undefined });
  });

  it('takes a license budget by name', () => {
    const { options } = parseCommandLine(['a', '--licenses', 'noncommercial']);
    expect(options.licenses).toEqual(['CC0', 'PD', 'CC-BY', 'PERMISSIVE', 'CC-BY-NC']);
    expect(options.noncommercialAllowed).toBe(true);
    expect(parseCommandLine(['a', '--licenses', 'sellable']).options.noncommercialAllowed).toBe(false);
  });

  it('prefers --aspect to the one --size implies', () => {
    expect(parseCommandLine(['a', '--size', '100x50', '--aspect', '1']).options.aspectRatio).toBe(1);
  });

  it('shows help and ends well', () => {
    expect(endOf(['--help'])).toBe(0);
    for (const name of [
      '--photos',
      '--seed',
      '--seconds',
      '--background',
      '--licenses',
      '--stop-after',
      '--json',
    ]) {
      expect(printed).toContain(name);
    }
  });

  it.each([
    [['--colour', 'red'], '--colour'],
    [['--seed', 'x'], '--seed'],
    [['--size', 'big'], '--size'],
    [['--pos', 'adverb'], '--pos'],
    [['--pos', ','], '--pos'],
    [['--pos', 'constructor'], '--pos'],
    [['--cutouts', '0'], '--cutouts'],
    [['--seconds', '0'], '--seconds'],
    [['--seconds', '1e3'], '--seconds'],
    [['--quality', 'best'], '--quality'],
    [['--stop-after', 'lunch'], '--stop-after'],
    [['--background', 'blue'], '--background'],
    [['--licenses', 'free stuff'], '--licenses'],
    [['--photos', 'x', '--photos-license', 'ask me'], 'not a license this program understands'],
    [['--photos', 'x', '--photos-license', 'CC BY-ND 4.0'], 'forbids adaptations'],
    [['--photos', 'x', '--photos-license', 'CC BY 4.0'], '--photos-author'],
    [['--photos-license', 'CC0'], 'Expected --photos beside'],
    [['--photos', 'x', '--photos-author', 'Me'], 'Expected --photos-license beside'],
    [['--licenses', 'cc-by-nd'], 'forbids adaptations'],
    [['--licenses', ','], '--licenses'],
  ])('ends with 2 for %j and names the option', (args, name) => {
    expect(endOf(['a cat', ...args])).toBe(2);
    expect(printed).toContain(name);
    expect(printed).toContain('--help');
  });
});
