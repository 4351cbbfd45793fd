/** What openapi.json says of the counters of a page, apart from the code that does it. */
import { applyDecorators } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import {
  DOCUMENT,
  IDEMPOTENCY_KEY,
  PAGE,
  VALIDATED,
  WRITE_REFUSALS,
  refusals,
} from './counter.docs.js';

const METHODS = 'GET, HEAD, POST and PUT';

/** By how much a counter is changed. */
export const BY = {
  type: 'integer',
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  default: 1,
  description: 'At most AMOUNT_MAX. Written as a whole number: 1.0 and 1e3 are refused.',
};

export const ACTION = { type: 'string', enum: ['increment', 'decrement'] };

/** How durable a change is to be. */
export const DURABILITY = {
  type: 'string',
  pattern: '^(?:memory|disk|replicas:[1-9][0-9]?)$',
  description:
    'How durable the change is to be when it is answered; default: as the deployment is set up. `headcount-durability` of the answer says what was reached; 503 `DURABILITY_UNAVAILABLE`: it cannot be promised, and nothing was changed.',
};

/** Which counter of the page. */
export const NAME = ApiParam({
  name: 'name',
  description: 'A letter and up to 63 letters, digits or `_.:-`.',
  example: 'likes',
});

const answer = ApiResponse({
  status: 200,
  description: 'The counter.',
  content: { 'application/json': { schema: DOCUMENT } },
});

const changes = (operationId: string) =>
  applyDecorators(
    ApiTags('counters'),
    ApiOperation({
      operationId,
      summary: 'Raises or lowers a counter.',
      description:
        'The answer is the counter after it; to a vote, also `voted`, `choice` and `changed`. PUT and POST do the same.',
    }),
    ApiBearerAuth(),
    PAGE,
    NAME,
    IDEMPOTENCY_KEY,
    ApiBody({
      schema: {
        type: 'object',
        required: ['action'],
        additionalProperties: false,
        properties: {
          action: ACTION,
          by: BY,
          durability: DURABILITY,
          voter: {
            type: 'string',
            description:
              'Makes it the vote of this voter, which counts once; without by and durability.',
          },
          choice: { type: 'string', description: 'What is voted for, where there are several.' },
        },
      },
    }),
    answer,
    ...refusals(METHODS),
    ...WRITE_REFUSALS,
  );

/** GET: one counter. */
export const SHOW_ONE_DOCS = applyDecorators(
  ApiTags('counters'),
  ApiOperation({
    operationId: 'getNamedCounter',
    summary: 'A counter of a page.',
    description: 'As it stands now in this region.',
  }),
  PAGE,
  NAME,
  VALIDATED,
  answer,
  ...refusals(METHODS),
);

/** PUT: by as much as is asked for. */
export const PUT_DOCS = changes('changeNamedCounter');

/** POST: the same. */
export const POST_DOCS = changes('postNamedCounter');
