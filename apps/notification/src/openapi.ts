import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { AppModule } from './app.module.js';

/** The OpenAPI 3.1 document of the public REST interface; openapi.json is its golden file. */
export function openApiDocument(nest: INestApplication): OpenAPIObject {
  const base = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Headcount notification')
    .setDescription('Which pages users follow, and what of them they have not read.')
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('http://127.0.0.1:4002', "A developer's machine.")
    .addBearerAuth()
    .build();
  return SwaggerModule.createDocument(nest, base, { include: [AppModule] });
}
