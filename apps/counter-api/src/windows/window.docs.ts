/** What openapi.json says of windows, apart from the code that does it. */
import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import { COUNT, PAGE, refusals, refused } from '../counters/counter.docs.js';
import { SERIES_LAST_DEFAULT, SlotLength, WINDOW_SECONDS_MAX } from './window-ask.js';

const TIME = { type: 'string', format: 'date-time', example: '2030-10-10T12:11:40Z' };
const GAIN = { ...COUNT, description: 'What it was raised by, less what it was lowered by.' };

const windowDocument = {
  type: 'object',
  required: ['sum', 'per_second', 'from', 'to'],
  properties: {
    sum: GAIN,
    per_second: { type: 'number', description: 'The sum for each second.', example: 1.2 },
    from: TIME,
    to: TIME,
  },
};

const seriesDocument = {
  type: 'object',
  required: ['slots'],
  properties: {
    slots: {
      type: 'array',
      description: 'The present one the last.',
      items: {
        type: 'object',
        required: ['starts_at', 'count'],
        properties: { starts_at: TIME, count: GAIN },
      },
    },
  },
};

const NAME = ApiParam({
  name: 'name',
  description: 'The counter, one of WINDOWED_COUNTERS.',
  example: 'events',
});

const answered = (description: string, schema: object) =>
  ApiResponse({ status: 200, description, content: { 'application/json': { schema } } });

/** GET: the gain within a window. */
export const WINDOW_DOCS = applyDecorators(
  ApiTags('counters'),
  ApiOperation({ operationId: 'getWindow', summary: 'What the counter has gained of late.' }),
  PAGE,
  NAME,
  ApiQuery({
    name: 'seconds',
    description:
      'Of the present and so many seconds before. It begins with a slot: of ten seconds up to an hour, of a minute up to a day, else of an hour.',
    schema: { type: 'integer', minimum: 1, maximum: WINDOW_SECONDS_MAX, example: 600 },
  }),
  answered('The gain, as of now.', windowDocument),
  refused(409, 'The gain is beyond 2^53 - 1.'),
  ...refusals('GET and HEAD'),
);

/** GET: the gains slot by slot. */
export const SERIES_DOCS = applyDecorators(
  ApiTags('counters'),
  ApiOperation({ operationId: 'getSeries', summary: 'What the counter has gained, slot by slot.' }),
  PAGE,
  NAME,
  ApiQuery({
    name: 'per',
    required: false,
    description: 'How long a slot is.',
    schema: { type: 'string', enum: Object.values(SlotLength), default: SlotLength.MINUTE },
  }),
  ApiQuery({
    name: 'last',
    required: false,
    description: 'How many slots, the present one included: at most 360 of ten seconds, else 500.',
    schema: { type: 'integer', minimum: 1, maximum: 500, default: SERIES_LAST_DEFAULT },
  }),
  answered('The gains, as of now.', seriesDocument),
  refused(409, 'A gain is beyond 2^53 - 1.'),
  ...refusals('GET and HEAD'),
);
