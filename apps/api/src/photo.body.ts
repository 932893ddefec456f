import { IsString, Matches, MaxLength } from 'class-validator';
import type { PhotoStatement } from '@collage/collages/uploaded-photos.js';

const MOST_CHARACTERS = 500;
const TOO_LONG = { message: `at most ${MOST_CHARACTERS} characters` };
const TEXT = { message: 'a text' };
const ADDRESS = /^(https?:\/\/[^\s\0]+)?$/;
const NOT_AN_ADDRESS = { message: 'an http or https address' };
// PostgreSQL keeps no NUL in a text.
const NO_NUL = /^[^\0]*$/;
const HAS_NUL = { message: 'a text without NUL' };

/** What is said of a photo, beside the file. */
export class PhotoBody implements PhotoStatement {
  @MaxLength(MOST_CHARACTERS, TOO_LONG)
  @Matches(/\S/, { message: 'a license such as "CC BY 4.0"' })
  @IsString(TEXT)
  license!: string;

  @MaxLength(MOST_CHARACTERS, TOO_LONG)
  @Matches(NO_NUL, HAS_NUL)
  @IsString(TEXT)
  title = '';

  @MaxLength(MOST_CHARACTERS, TOO_LONG)
  @Matches(NO_NUL, HAS_NUL)
  @IsString(TEXT)
  author = '';

  @MaxLength(MOST_CHARACTERS, TOO_LONG)
  @Matches(ADDRESS, NOT_AN_ADDRESS)
  @IsString(TEXT)
  authorUrl = '';

  @MaxLength(MOST_CHARACTERS, TOO_LONG)
  @Matches(ADDRESS, NOT_AN_ADDRESS)
  @IsString(TEXT)
  sourceUrl = '';

  @MaxLength(MOST_CHARACTERS, TOO_LONG)
  @Matches(NO_NUL, HAS_NUL)
  @IsString(TEXT)
  description = '';
}

const field = (description: string) => ({ type: 'string', maxLength: MOST_CHARACTERS, description });

/** The form, for the documentation. */
export const photoForm = {
  type: 'object',
  required: ['photo', 'license'],
  additionalProperties: false,
  properties: {
    photo: { type: 'string', format: 'binary', description: 'The file.' },
    license: {
      ...field('Its license, such as "CC BY 4.0" or "CC0": one that allows adaptations.'),
      pattern: '\\S',
    },
    title: field('Its title, for the credits.'),
    author: field('Who made it, as they wish to be named; needed where the license asks for it.'),
    authorUrl: field('A page of theirs.'),
    sourceUrl: field('The page of the photo.'),
    description: field('What it shows.'),
  },
};
