/** What openapi.json says of trending pages, apart from the code that does it. */
import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiResponse } from '@nestjs/swagger';
import {
  TRENDING_DEFAULTS,
  TRENDING_FIRST_MAX,
  TRENDING_WINDOWS,
  TRENDING_WINDOW_SECONDS_MAX,
  TRENDING_WINDOW_SECONDS_MIN,
} from '@headcount/protocol';
import { refused } from '../counters/counter.docs.js';

const document = {
  type: 'object',
  required: ['window_seconds', 'pages'],
  properties: {
    window_seconds: {
      type: 'integer',
      enum: [...TRENDING_WINDOWS],
      description: 'The window that was asked for, rounded up.',
      example: 300,
    },
    pages: {
      type: 'array',
      maxItems: TRENDING_FIRST_MAX,
      description: 'Most first, of equals the first by its id.',
      items: {
        type: 'object',
        required: ['page_id', 'gain'],
        properties: {
          page_id: { type: 'string', example: 'blog/hello' },
          gain: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER, example: 42 },
        },
      },
    },
  },
};

const parameter = (name: string, description: string, schema: object) =>
  ApiQuery({ name, required: false, description, schema });

/** GET: the pages whose counter gained most within a window. */
export const TRENDING_DOCS = applyDecorators(
  ApiOperation({
    operationId: 'getTrending',
    summary: 'The pages whose counter gained most within a window.',
  }),
  parameter('first', 'How many pages at most.', {
    type: 'integer',
    minimum: 1,
    maximum: TRENDING_FIRST_MAX,
    default: TRENDING_DEFAULTS.first,
  }),
  parameter(
    'windowSeconds',
    'The window. It is rounded up to 10, 30, 60, 120, 300, 600, 1800 or 3600 seconds, and the 10 s in which it begins count whole.',
    {
      type: 'integer',
      minimum: TRENDING_WINDOW_SECONDS_MIN,
      maximum: TRENDING_WINDOW_SECONDS_MAX,
      default: TRENDING_DEFAULTS.windowSeconds,
    },
  ),
  parameter('name', 'By which counter, one of TRENDING_COUNTERS.', {
    type: 'string',
    default: TRENDING_DEFAULTS.name,
  }),
  ApiResponse({
    status: 200,
    description: 'The pages, a second old as a rule.',
    content: { 'application/json': { schema: document } },
  }),
  refused(400, 'A parameter is out of bounds, or the counter is not trended.'),
  refused(405, 'Another method than GET and HEAD.'),
  refused(406, 'None of the accepted media types can be given.'),
  refused(429, 'Too many different lists are read; ask again a second later.'),
  refused(409, 'A gain is beyond 2^53 - 1.'),
  refused(503, 'Redis does not answer.'),
);
