import type { MessageName } from '../check-json.js';

/** A schema of the components, generated from the protos or declared in `own-schemas.ts`. */
export function schemaRef(name: MessageName | OwnSchemaName): { $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

export type OwnSchemaName =
  'Problem' | 'CollageList' | 'CollageSummary' | 'PhotoList' | 'ServerSentEvent' | 'Health' | 'Models';
