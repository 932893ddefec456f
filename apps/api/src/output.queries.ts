import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, Max, Min, ValidateIf } from 'class-validator';
import { wholeNumber } from './page.query.js';

const isGiven = (_: unknown, value: unknown) => value !== undefined;
const HEIGHT = 'an integer from 16 to 4096';
const heightDoc = {
  type: 'integer' as const,
  minimum: 16,
  maximum: 4096,
  description: 'In pixels; as it was asked for if left out.',
};

export class ImageQuery {
  @ApiPropertyOptional(heightDoc)
  @Transform(wholeNumber)
  @ValidateIf(isGiven)
  @Min(16, { message: HEIGHT })
  @Max(4096, { message: HEIGHT })
  @IsInt({ message: HEIGHT })
  height?: number;

  @ApiPropertyOptional({ enum: ['png', 'jpeg'], description: 'As it was asked for if left out.' })
  @ValidateIf(isGiven)
  @IsIn(['png', 'jpeg'], { message: 'png or jpeg' })
  format?: 'png' | 'jpeg';
}

export const creditFormats = ['json', 'text', 'html', 'markdown'] as const;
export type CreditFormat = (typeof creditFormats)[number];

export class CreditsQuery {
  @ApiPropertyOptional({ enum: [...creditFormats], default: 'json', description: 'How they are written.' })
  @IsIn([...creditFormats], { message: `one of ${creditFormats.join(', ')}` })
  format: CreditFormat = 'json';
}

export class SvgQuery {
  @ApiPropertyOptional(heightDoc)
  @Transform(wholeNumber)
  @ValidateIf(isGiven)
  @Min(16, { message: HEIGHT })
  @Max(4096, { message: HEIGHT })
  @IsInt({ message: HEIGHT })
  height?: number;

  @ApiPropertyOptional({
    enum: ['embedded', 'linked'],
    default: 'embedded',
    description: 'Whether the cut-outs are in the file or are fetched from this service when it is shown.',
  })
  @IsIn(['embedded', 'linked'], { message: 'embedded or linked' })
  cutouts: 'embedded' | 'linked' = 'embedded';
}
