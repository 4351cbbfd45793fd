import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { describeRest } from '@headcount/platform';
import { AppModule } from './app.module.js';

/** The OpenAPI 3.1 document of the public REST interface; openapi.json is its golden file. */
export function openApiDocument(nest: INestApplication): OpenAPIObject {
  return describeRest(nest, {
    title: 'Headcount counter-api',
    description: 'Who is viewing a page, and every other counter of it.',
    port: 4000,
    tags: {
      counters: 'Counters of pages.',
      votes: 'Counters with one vote a voter.',
      limits: 'How often something may be done.',
      trending: 'Pages whose counters gain most.',
    },
    module: AppModule,
  });
}
