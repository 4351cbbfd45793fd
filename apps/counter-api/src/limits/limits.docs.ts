/** What openapi.json says of limits, apart from the code that does it. */
import { applyDecorators } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { LIMIT_WINDOW_SECONDS_MAX } from '@headcount/platform';
import { refused } from '../counters/counter.docs.js';

const document = {
  type: 'object',
  required: ['allowed', 'remaining', 'resetSeconds', 'retryAfterSeconds'],
  properties: {
    allowed: { type: 'boolean' },
    remaining: {
      ...{ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER, example: 99 },
      description: 'What is left in the window.',
    },
    resetSeconds: {
      ...{ type: 'integer', minimum: 0, example: 60 },
      description: 'Until nothing that was taken counts any more.',
    },
    retryAfterSeconds: {
      oneOf: [{ type: 'integer', minimum: 1 }, { type: 'null' }],
      description:
        'Until as much will be free; null: it was allowed, or it is more than the limit.',
      example: null,
    },
  },
};

const body = {
  type: 'object',
  required: ['limit', 'windowSeconds'],
  properties: {
    limit: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER, example: 100 },
    windowSeconds: { type: 'integer', minimum: 1, maximum: LIMIT_WINDOW_SECONDS_MAX, example: 60 },
    cost: {
      ...{ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 1 },
      description: 'What to take, all or nothing; 0 only looks.',
    },
  },
};

const text = (description: string) => ({ description, schema: { type: 'string' as const } });

/** POST: takes from a limit, if the window has as much. */
export const ALLOW_DOCS = applyDecorators(
  ApiTags('limits'),
  ApiOperation({
    operationId: 'allow',
    summary: 'Takes from a limit, if the window has as much.',
    description:
      'Not idempotent: each call takes. The right is that to write the counter `limits` of the page that the key names.',
  }),
  ApiBearerAuth(),
  ApiParam({
    name: 'key',
    description: 'What is limited, written as a page id is.',
    example: 'ann',
  }),
  ApiBody({ schema: body }),
  ApiResponse({
    status: 200,
    description: 'Whether it was taken.',
    headers: {
      'RateLimit-Policy': text('The limit: `"default";q=100;w=60`.'),
      RateLimit: text('What is left, and seconds until nothing counts: `"default";r=99;t=60`.'),
      'Retry-After': text('Seconds until as much will be free; only where it was not taken.'),
    },
    content: { 'application/json': { schema: document } },
  }),
  refused(400, 'The key, the JSON, or a number in it is not valid.'),
  refused(401, 'A valid token is needed; only where AUTH is jwt.'),
  refused(403, 'The token does not allow to take from this limit.'),
  refused(413, 'The body is larger than 64 KiB.'),
  refused(415, 'The body is not JSON.'),
  refused(429, 'The caller has begun as many limits as one caller may; nothing was taken.'),
  refused(503, 'Redis does not answer. `OUTCOME_UNKNOWN`: it may have been taken.'),
);
