/** What openapi.json says of the REST interface, apart from the code that does it. */
import { applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiParam, ApiResponse } from '@nestjs/swagger';

const JSON_TYPE = 'application/json';

const document = {
  type: 'object',
  required: ['count', 'updated_at'],
  properties: {
    count: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER, example: 715 },
    updated_at: {
      oneOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }],
      description: 'When the counter last changed; null: never, or no longer known.',
      example: '2030-10-10T12:11:42Z',
    },
  },
};

const problem = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'instance'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', example: 'BAD_PAGE_ID' },
    instance: { type: 'string', format: 'uri' },
  },
};

const page = ApiParam({
  name: 'webpageId',
  description:
    'The page, percent-encoded: 1 to 256 bytes of UTF-8, letters and digits of every script and the signs of URLs; `@site` is the whole website.',
  example: 'blog%2Fhello',
});

/** A refusal, as problem details. */
export const refused = (status: number, description: string) =>
  ApiResponse({
    status,
    description,
    content: { 'application/problem+json': { schema: problem } },
  });

const refusals = [
  refused(400, 'The page id, the JSON or the action is not valid.'),
  refused(405, 'Another method than GET, HEAD and PUT.'),
  refused(406, 'None of the accepted media types can be given.'),
  refused(503, 'Redis does not answer. `OUTCOME_UNKNOWN`: the change may have been made.'),
];

/** GET: the counter as JSON or as a page. */
export const SHOW_DOCS = applyDecorators(
  ApiOperation({ operationId: 'getCounter', summary: 'How many are viewing the page.' }),
  page,
  ApiResponse({
    status: 200,
    description: 'The counter, or a page that keeps it live.',
    content: { [JSON_TYPE]: { schema: document }, 'text/html': { schema: { type: 'string' } } },
  }),
  ...refusals,
);

/** PUT: one more or one less. */
export const CHANGE_DOCS = applyDecorators(
  ApiOperation({ operationId: 'changeCounter', summary: 'Raises or lowers the counter by one.' }),
  ApiBearerAuth(),
  page,
  ApiBody({
    schema: {
      type: 'object',
      required: ['action'],
      properties: { action: { type: 'string', enum: ['increment', 'decrement'] } },
    },
  }),
  ApiResponse({
    status: 200,
    description: 'The counter after the change.',
    content: { [JSON_TYPE]: { schema: document } },
  }),
  ...refusals,
  refused(401, 'A valid token is needed; only where AUTH is jwt.'),
  refused(403, 'The token does not allow to write this counter.'),
  refused(413, 'The body is larger than 64 KiB.'),
  refused(415, 'The body is not JSON.'),
);
