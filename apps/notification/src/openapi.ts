import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { describeRest } from '@headcount/platform';
import { AppModule } from './app.module.js';

/** The OpenAPI 3.1 document of the public REST interface; openapi.json is its golden file. */
export function openApiDocument(nest: INestApplication): OpenAPIObject {
  return describeRest(nest, {
    title: 'Headcount notification',
    description: 'Which pages users follow, and what of them they have not read.',
    port: 4002,
    tags: {
      users: 'What users follow, and what they have not read.',
      pages: 'What was modified.',
      modifications: 'Many modifications at once.',
      digest: 'Whom to write to.',
    },
    module: AppModule,
  });
}
