/** What openapi.json says of setting counters, apart from the code that does it. */
import { applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { SET_VALUE_MAX } from '@headcount/counter-store';
import {
  COUNT,
  DOCUMENT,
  IDEMPOTENCY_KEY,
  PAGE,
  WRITE_REFUSALS,
  refusals,
  refused,
} from '../counters/counter.docs.js';
import { NAME } from '../counters/counters.docs.js';
import { REASON_LENGTH_MAX } from './input.js';

const BEFORE = {
  oneOf: [COUNT, { type: 'null' }],
  description:
    'The durable total before; null: it was beyond 9007199254740991, or another region has set it under this key.',
};
const REASON = { type: 'string', minLength: 1, maxLength: REASON_LENGTH_MAX };

const json = (schema: object) => ({ 'application/json': { schema } });

/** PUT: the value. */
export const SET_DOCS = applyDecorators(
  ApiTags('counters'),
  ApiOperation({
    operationId: 'setCounter',
    summary: 'Gives a counter a value; for operators.',
    description:
      'Adds what the value lacks, also where the totals of the counter are full and it refuses every increment. What other regions count at the same moment is kept and comes on top.',
  }),
  ApiBearerAuth(),
  PAGE,
  NAME,
  IDEMPOTENCY_KEY,
  ApiBody({
    schema: {
      type: 'object',
      required: ['value'],
      additionalProperties: false,
      properties: {
        value: { type: 'integer', minimum: -SET_VALUE_MAX, maximum: SET_VALUE_MAX, example: 120 },
        reason: { ...REASON, example: 'a script ran twice' },
      },
    },
  }),
  ApiResponse({
    status: 200,
    description: 'The counter after it.',
    content: json({
      ...{ ...DOCUMENT, required: [...DOCUMENT.required, 'before'] },
      properties: { ...DOCUMENT.properties, before: BEFORE },
    }),
  }),
  ...refusals('PUT'),
  ...WRITE_REFUSALS,
);

/** GET: what was set. */
export const LIST_SETS_DOCS = applyDecorators(
  ApiTags('counters'),
  ApiOperation({
    operationId: 'listCounterSets',
    summary: 'What operators have set of a counter in this region, the latest first.',
    description: 'A bucket keeps its last 1000 sets.',
  }),
  ApiBearerAuth(),
  PAGE,
  NAME,
  ApiResponse({
    status: 200,
    description: 'The sets.',
    content: json({
      type: 'object',
      required: ['sets'],
      properties: {
        sets: {
          type: 'array',
          items: {
            type: 'object',
            required: ['at', 'by', 'before', 'after', 'reason', 'key'],
            properties: {
              at: { type: 'string', format: 'date-time' },
              by: { type: 'string', example: 'key:ops' },
              before: BEFORE,
              after: COUNT,
              reason: { oneOf: [REASON, { type: 'null' }] },
              key: { oneOf: [{ type: 'string' }, { type: 'null' }] },
            },
          },
        },
      },
    }),
  }),
  ...refusals('GET and HEAD'),
  refused(401, 'A valid token is needed; only where AUTH is jwt.'),
  refused(403, 'Only operators may see this.'),
);
