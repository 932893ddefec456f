import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { limitedSchemas } from './message-limits.js';
import { ownSchemas } from './own-schemas.js';

/**
 * The OpenAPI document: paths from the controllers, schemas of messages from the protos.
 * @param version of this program
 */
export function openApiDocument(app: INestApplication, version: string): OpenAPIObject {
  const about = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Clip & Paste')
    .setDescription(
      'Text to photo collage, from real, licensed, credited photos. Bodies are the proto3 JSON of the messages in ' +
        'proto/collage/v1: lower camel case, enums by name, fields that hold their default left out.',
    )
    .setVersion(version)
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'Where the service has keys (API_KEYS).' })
    .build();
  const document = SwaggerModule.createDocument(app, about, {
    operationIdFactory: (_controller, method) => method,
  });
  const schemas = { ...limitedSchemas(), ...ownSchemas, ...document.components?.schemas };
  document.components = { ...document.components, schemas: schemas as never };
  return document;
}
