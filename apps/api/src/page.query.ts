import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsString, Matches, Max, Min, ValidateIf } from 'class-validator';
import { COLLAGE_ID } from '@collage/collages/collage-id.js';
import { jsonSchemas } from '@collage/proto/json-schemas.js';

const states: readonly string[] = jsonSchemas['Collage.State'].enum;
const isGiven = (_: unknown, value: unknown) => value !== undefined;
/** A whole number in a query; what is none stays a text, and is refused as such. */
export const wholeNumber = ({ value }: { value: unknown }) =>
  typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;

/** Which page of a list. */
export class PageQuery {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 100,
    default: 20,
    description: 'How many at most.',
  })
  @Transform(wholeNumber)
  @Min(1, { message: 'an integer from 1 to 100' })
  @Max(100, { message: 'an integer from 1 to 100' })
  @IsInt({ message: 'an integer from 1 to 100' })
  limit = 20;

  @ApiPropertyOptional({ type: String, description: 'nextAfter of the page before.' })
  @ValidateIf(isGiven)
  @IsString({ message: 'the cursor that the page before gave' })
  after?: string;
}

/** Which page of the collages. */
export class CollagesQuery extends PageQuery {
  @ApiPropertyOptional({
    type: String,
    pattern: COLLAGE_ID.source,
    description: 'nextAfter of the page before.',
  })
  @ValidateIf(isGiven)
  @Matches(COLLAGE_ID, { message: 'the cursor that the page before gave' })
  declare after?: string;

  @ApiPropertyOptional({ enum: [...states], description: 'Only those in this state.' })
  @ValidateIf(isGiven)
  @IsIn([...states], { message: `one of ${states.join(', ')}` })
  state?: string;
}

/** Which page of the photos. */
export class PhotosQuery extends PageQuery {
  @ApiPropertyOptional({
    type: String,
    pattern: '^[0-9a-f]{64}$',
    description: 'nextAfter of the page before.',
  })
  @ValidateIf(isGiven)
  @Matches(/^[0-9a-f]{64}$/, { message: 'the cursor that the page before gave' })
  declare after?: string;
}
