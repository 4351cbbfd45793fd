/** What openapi.json says of many counters in one request, apart from the code that does it. */
import { applyDecorators } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiHeader,
  ApiOperation,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { PROBLEM_SCHEMA } from '@headcount/platform';
import { COUNT, UPDATED_AT, WRITE_REFUSALS, refusals } from './counter.docs.js';
import { ACTION, BY, DURABILITY } from './counters.docs.js';

const text = { type: 'string' };
const list = (items: object): object => ({ type: 'array', maxItems: 1000, items });

const named = {
  type: 'object',
  required: ['page', 'name', 'count', 'updated_at'],
  properties: { page: text, name: text, count: COUNT, updated_at: UPDATED_AT },
};

const made = {
  type: 'object',
  required: ['counter', 'replayed'],
  properties: {
    counter: named,
    replayed: { type: 'boolean', description: 'Whether it had been made before, under its key.' },
  },
};

const refusal = { type: 'object', required: ['problem'], properties: { problem: PROBLEM_SCHEMA } };

const answered = (name: string, items: object) =>
  ApiResponse({
    status: 200,
    description: 'In the order asked.',
    content: {
      'application/json': {
        schema: { type: 'object', required: [name], properties: { [name]: list(items) } },
      },
    },
  });

/** GET: the same counter of many pages. */
export const MANY_DOCS = applyDecorators(
  ApiTags('counters'),
  ApiOperation({
    operationId: 'getCounters',
    summary: 'The same counter of many pages.',
    description: 'At most 1000 pages; those of one bucket as of one instant.',
  }),
  ApiQuery({
    name: 'page',
    required: false,
    isArray: true,
    schema: { type: 'array', maxItems: 1000, items: text },
  }),
  ApiQuery({ name: 'name', required: false, schema: { ...text, default: 'viewers' } }),
  answered('counters', named),
  ...refusals('GET, HEAD and POST'),
);

/** POST: many changes. */
export const BATCH_DOCS = applyDecorators(
  ApiTags('counters'),
  ApiOperation({
    operationId: 'changeCounters',
    summary: 'Raises and lowers many counters.',
    description: 'Each for itself: what is wrong with one leaves the others alone.',
  }),
  ApiBearerAuth(),
  ApiHeader({
    name: 'idempotency-key',
    required: false,
    description:
      'The key of all changes, each with its place: send the same list again. It meets no `key` of a single change.',
    schema: text,
  }),
  ApiBody({
    schema: {
      type: 'object',
      required: ['changes'],
      additionalProperties: false,
      properties: {
        changes: list({
          type: 'object',
          required: ['page', 'action'],
          additionalProperties: false,
          properties: {
            page: text,
            name: { ...text, default: 'viewers' },
            action: ACTION,
            by: BY,
            key: { ...text, description: 'Makes the change count once.' },
          },
        }),
        durability: DURABILITY,
      },
    },
  }),
  answered('results', { oneOf: [made, refusal] }),
  ...refusals('GET, HEAD and POST'),
  ...WRITE_REFUSALS,
);
