/** The description of the REST interface, for programs and, on a developer's machine, for people. */
import type { INestApplication, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

/** All of swagger-ui-dist but what its page loads. */
const UNUSED_FILES = '**/!(*.css|*.png|swagger-ui-bundle.js|swagger-ui-standalone-preset.js)';

type StaticOptions = Parameters<NestFastifyApplication['useStaticAssets']>[0];

/** Where the document is. */
const DOCUMENT_PATH = '/openapi.json';
/** Where Swagger UI is, which comes with a package of ours and loads nothing from elsewhere. */
const PAGE_PATH = 'docs';

/** What a REST interface is about. */
export interface RestInterface {
  readonly title: string;
  readonly description: string;
  /** Its port on a developer's machine. */
  readonly port: number;
  /**
   * What its operations are about: a word and a sentence each. An operation that names none has the one that its path begins
   * with, or else the first.
   */
  readonly tags: Readonly<Record<string, string>>;
  /** Whose controllers are described. */
  readonly module: Type;
}

/** The schema of a problem document, by its name in every document that describeRest makes. */
export const PROBLEM_SCHEMA = { $ref: '#/components/schemas/Problem' } as const;

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

const PROBLEM: Schemas[string] = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'instance'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', example: 'BAD_PAGE_ID' },
    errors: {
      type: 'array',
      description: 'The fields of the body that are at fault, where that is known.',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: {
          pointer: { type: 'string', example: '#/ttl' },
          detail: { type: 'string' },
        },
      },
    },
    instance: { type: 'string', format: 'uri' },
  },
};

const refusal = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: PROBLEM_SCHEMA } },
});

/** What holds at every operation (rest-rules.ts). */
const REFUSALS = {
  400: refusal('A parameter is not known, or given twice.'),
  406: refusal('None of the accepted media types can be given.'),
  412: refusal('If-Match or If-None-Match does not hold; nothing was changed.'),
};

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

/** The OpenAPI 3.1 document of an app's public REST interface. */
export function describeRest(
  nest: INestApplication,
  { title, description, port, tags, module }: RestInterface,
): OpenAPIObject {
  const base = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(title)
    .setDescription(description)
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer(`http://127.0.0.1:${port}`, "A developer's machine.")
    .addBearerAuth();
  for (const [tag, about] of Object.entries(tags)) base.addTag(tag, about);
  const document = SwaggerModule.createDocument(nest, base.build(), {
    include: [module],
    autoTagControllers: false,
  });
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: PROBLEM },
  };
  const [first = ''] = Object.keys(tags);
  for (const [path, item] of Object.entries(document.paths)) {
    const [, beginning = ''] = path.split('/');
    for (const operation of METHODS.flatMap((method) => item[method] ?? [])) {
      operation.description ??= operation.summary ?? '';
      operation.tags ??= [beginning in tags ? beginning : first];
      for (const [status, said] of Object.entries(REFUSALS)) operation.responses[status] ??= said;
    }
  }
  return document;
}

/**
 * Serves the document that `describe` makes, made once it is asked for; `development`: also as a page to try it on. Before
 * the app listens.
 */
export function serveOpenApi(
  nest: NestFastifyApplication,
  describe: (nest: NestFastifyApplication) => OpenAPIObject,
  development: boolean,
): void {
  let made: OpenAPIObject | null = null;
  const document = (): OpenAPIObject => (made ??= describe(nest));
  const fastify = nest.getHttpAdapter().getInstance();
  fastify.get(DOCUMENT_PATH, (_request, reply) => {
    void reply.header('cache-control', 'no-cache');
    return document();
  });
  if (!development) return;
  // File by file: all below the path would take the counters of a page called `docs`.
  const filewise = Object.create(nest, {
    useStaticAssets: {
      value: (options: StaticOptions) =>
        nest.useStaticAssets({
          ...options,
          wildcard: false,
          globIgnore: [UNUSED_FILES],
        } as StaticOptions),
    },
  }) as NestFastifyApplication;
  SwaggerModule.setup(PAGE_PATH, filewise, document, {
    raw: false,
    customSiteTitle: 'Headcount',
  });
}
