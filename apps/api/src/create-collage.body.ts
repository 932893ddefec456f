import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsObject, IsString, MaxLength, ValidateIf } from 'class-validator';
import { stageOrder } from '@collage/collages/stage-order.js';
import type { StageName } from '@collage/pipeline/stage-steps.js';
import { schemaRef } from './openapi/schema-ref.js';

const MAX_PROMPT_CHARACTERS = 1000;
const MAX_ADDRESS_CHARACTERS = 2000;
/** For the documentation; `webAddress` of libs/fetch decides. */
const WEB_ADDRESS = '^https?://[A-Za-z0-9]';
const isGiven = (_: unknown, value: unknown) => value !== undefined;

/** What to make. */
export class CreateCollageBody {
  @ApiPropertyOptional({
    type: String,
    maxLength: MAX_PROMPT_CHARACTERS,
    description: 'What the collage should show; may be left out where options.keyphrases says it.',
    example: 'a cat and an astronaut watching a rocket',
  })
  @MaxLength(MAX_PROMPT_CHARACTERS, { message: `at most ${MAX_PROMPT_CHARACTERS} characters` })
  @IsString({ message: 'a text' })
  prompt = '';

  @ApiPropertyOptional({
    ...schemaRef('CollageOptions'),
    description: 'How to make it; what is left out is the default.',
  })
  @IsObject({ message: 'an object' })
  options: object = {};

  @ApiPropertyOptional({
    type: String,
    maxLength: MAX_ADDRESS_CHARACTERS,
    pattern: WEB_ADDRESS,
    description:
      'Whom to tell when it has ended: an http or https address, to which a signed message is posted.',
  })
  @ValidateIf(isGiven)
  @MaxLength(MAX_ADDRESS_CHARACTERS, { message: `at most ${MAX_ADDRESS_CHARACTERS} characters` })
  @IsString({ message: 'a text' })
  webhookUrl?: string;
}

/** How to make a collage once more. */
export class RerunCollageBody {
  @ApiProperty({
    enum: [...stageOrder],
    description: 'The first stage to do again; what those before it made stays.',
  })
  @IsIn(stageOrder, { message: `one of ${stageOrder.join(', ')}` })
  fromStage!: StageName;

  @ApiPropertyOptional({ ...schemaRef('CollageOptions'), description: 'What is to be other than before.' })
  @IsObject({ message: 'an object' })
  options: object = {};

  @ApiPropertyOptional({
    type: String,
    maxLength: MAX_ADDRESS_CHARACTERS,
    pattern: WEB_ADDRESS,
    description: 'As with a new collage.',
  })
  @ValidateIf(isGiven)
  @MaxLength(MAX_ADDRESS_CHARACTERS, { message: `at most ${MAX_ADDRESS_CHARACTERS} characters` })
  @IsString({ message: 'a text' })
  webhookUrl?: string;
}
