/** What openapi.json says of the REST interface, apart from the code that does it. */
import { applyDecorators } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { PROBLEM_SCHEMA } from '@headcount/platform';

const JSON_TYPE = 'application/json';

/** A count. Only `viewers` never shows less than 0. */
export const COUNT = {
  type: 'integer',
  minimum: Number.MIN_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
  example: 715,
};

export const UPDATED_AT = {
  oneOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }],
  description: 'When the counter last changed; null: never, or no longer known.',
  example: '2030-10-10T12:11:42Z',
};

/** A counter as REST shows it. */
export const DOCUMENT = {
  type: 'object',
  required: ['count', 'updated_at'],
  properties: {
    count: COUNT,
    updated_at: UPDATED_AT,
  },
};

/** The page of the address. */
export const PAGE = ApiParam({
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
    content: { 'application/problem+json': { schema: PROBLEM_SCHEMA } },
  });

/** What everybody may meet. `methods` are those of the address. */
export const refusals = (methods: string) => [
  refused(400, 'An id, a header or the body is not valid.'),
  refused(405, `Another method than ${methods}.`),
  refused(406, 'None of the accepted media types can be given.'),
  refused(
    503,
    'Redis does not answer. `OUTCOME_UNKNOWN`: the change may have been made. `QUOTA_ELSEWHERE`: of a bounded counter other regions have what is left.',
  ),
];

/** What whoever changes something may meet besides. */
export const WRITE_REFUSALS = [
  refused(401, 'A valid token is needed; only where AUTH is jwt.'),
  refused(403, 'The token does not allow to write this counter.'),
  refused(
    409,
    'The count would pass 9007199254740991, or is bounded and has not that much (`BELOW_ZERO`); nothing was changed.',
  ),
  refused(413, 'The body is larger than 64 KiB.'),
  refused(415, 'The body is not JSON.'),
  refused(422, 'The caller has used the Idempotency-Key before for something else of the page.'),
  refused(
    429,
    'The caller has used up its operation ids, new counters, requests or leases; nothing was changed. `retry-after` says when it is worth another try.',
  ),
];

/** Headers of requests and answers that make reading again cheap. */
export const VALIDATED = applyDecorators(
  ApiHeader({
    name: 'if-none-match',
    required: false,
    description: 'An ETag of before: 304 where the counter shows the same.',
  }),
  ApiHeader({
    name: 'prefer',
    required: false,
    description:
      '`wait=N` with If-None-Match: answered when the counter changes, or with 304 after N seconds, 60 at most.',
    schema: { type: 'string', example: 'wait=30' },
  }),
  ApiResponse({ status: 304, description: 'The caller has what the counter shows.' }),
);

/** The header that makes a change count once. */
export const IDEMPOTENCY_KEY = ApiHeader({
  name: 'idempotency-key',
  required: false,
  description:
    'Makes the change count once, however often the caller sends it within ten minutes: 1 to 128 characters in double quotes. `idempotency-replayed: true` marks the answer to one that had been made before.',
  schema: { type: 'string', example: '"8e03978e-40d5-43e8-bc93-6894a57f9324"' },
});

/** GET: the counter as JSON or as a page. */
export const SHOW_DOCS = applyDecorators(
  ApiTags('counters'),
  ApiOperation({
    operationId: 'getCounter',
    summary: 'How many are viewing the page.',
    description: 'For browsers as a page that keeps the number live.',
  }),
  PAGE,
  VALIDATED,
  ApiResponse({
    status: 200,
    description: 'The counter, or a page that keeps it live.',
    content: { [JSON_TYPE]: { schema: DOCUMENT }, 'text/html': { schema: { type: 'string' } } },
  }),
  ...refusals('GET, HEAD and PUT'),
);

/** PUT: one more or one less. */
export const CHANGE_DOCS = applyDecorators(
  ApiTags('counters'),
  ApiOperation({
    operationId: 'changeCounter',
    summary: 'Raises or lowers the counter by one, or makes a viewer present for a while.',
    description:
      'Without `viewer` it changes a durable counter that is added to the people present. With one, `increment` makes the viewer present for `ttl` seconds from now and `decrement` ends that.',
  }),
  ApiBearerAuth(),
  PAGE,
  IDEMPOTENCY_KEY,
  ApiBody({
    schema: {
      type: 'object',
      required: ['action'],
      properties: {
        action: { type: 'string', enum: ['increment', 'decrement'] },
        viewer: {
          ...{ type: 'string', minLength: 1, maxLength: 128, example: 'ann' },
          description:
            'Who is present: the subject of the token, or anybody where it has the scope `users:act`.',
        },
        ttl: { type: 'integer', minimum: 1, maximum: 3600, default: 30 },
      },
    },
  }),
  ApiResponse({
    status: 200,
    description: 'The counter after the change.',
    content: { [JSON_TYPE]: { schema: DOCUMENT } },
  }),
  ...refusals('GET, HEAD and PUT'),
  ...WRITE_REFUSALS,
);
