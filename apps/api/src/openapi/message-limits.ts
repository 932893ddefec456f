import { type OptionRange, optionRanges, textLimits } from '@collage/pipeline/option-ranges.js';
import { jsonSchemas } from '@collage/proto/json-schemas.js';
import {
  ASPECT_RATIO_LIMITS,
  MAX_LAYER_COUNT,
  MAX_PLACEMENT,
  STOP_COUNT_LIMITS,
} from '@collage/scene/conventions.js';
import type { MessageName } from '../check-json.js';

const between = (minimum: number, maximum: number) => ({ minimum, maximum });
const share = between(0, 1);
const place = between(-MAX_PLACEMENT, MAX_PLACEMENT);

/** What the pipeline and the scene hold values to: said in the document in numbers, from where it is held to. */
const limits: Partial<Record<MessageName, Record<string, object>>> = {
  CollageOptions: {
    ...Object.fromEntries(Object.entries(optionRanges).map(([name, range]) => [name, orDefault(range)])),
    keyphrases: { maxItems: textLimits.count },
    negatives: { maxItems: textLimits.count },
  },
  WeightedText: { text: { maxLength: textLimits.characters, pattern: '\\S' }, weight: { minimum: 0 } },
  Scene: {
    aspectRatio: between(ASPECT_RATIO_LIMITS.min, ASPECT_RATIO_LIMITS.max),
    layers: { maxItems: MAX_LAYER_COUNT },
  },
  Gradient: { stops: { maxItems: STOP_COUNT_LIMITS.max } },
  'Gradient.Stop': { offset: share },
  Layer: { cutoutDigest: { pattern: '^[0-9a-f]{64}$' }, opacity: share },
  Placement: { centerX: place, centerY: place, height: { exclusiveMinimum: 0, maximum: MAX_PLACEMENT } },
  Color: { red: share, green: share, blue: share },
};

/** The schemas of messages with their fields' limits. */
export function limitedSchemas(): Record<string, object> {
  const schemas = structuredClone(jsonSchemas) as unknown as Record<
    string,
    { properties: Record<string, object> }
  >;
  for (const [message, fields] of Object.entries(limits)) {
    const { properties } = schemas[message]!;
    for (const [field, limit] of Object.entries(fields)) {
      if (!properties[field]) throw new Error(`Expected a field ${field} in ${message}, but there is none.`);
      Object.assign(properties[field], limit);
    }
  }
  return schemas;
}

/** 0 is the default of every option, so it may be given also where it is below the range. */
function orDefault({ minimum, maximum }: OptionRange): object {
  const range = between(minimum, maximum);
  return minimum <= 0 ? range : { ...between(0, maximum), anyOf: [{ const: 0 }, range] };
}
