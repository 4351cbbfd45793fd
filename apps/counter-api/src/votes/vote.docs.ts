/** What openapi.json says of votes, apart from the code that does it. */
import { applyDecorators } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { COUNT, PAGE, refusals, refused } from '../counters/counter.docs.js';

const CHOICE = {
  type: 'string',
  pattern: '^[A-Za-z0-9_.-]{1,32}$',
  description: 'What for; the counter `name:choice` counts it. Absent: there is nothing to choose.',
  example: 'red',
};

const shown = {
  voted: { type: 'boolean', description: 'Whether there is a vote.' },
  choice: {
    oneOf: [{ type: 'string' }, { type: 'null' }],
    description: 'What for; null: there was nothing to choose from, or there is no vote.',
  },
  count: COUNT,
};
const changed = {
  ...shown,
  changed: { type: 'boolean', description: 'Whether this request has changed it.' },
};

const answer = (description: string, properties: typeof shown) =>
  ApiResponse({
    status: 200,
    description,
    content: {
      'application/json': {
        schema: { type: 'object', required: Object.keys(properties), properties },
      },
    },
  });

const described = (operationId: string, summary: string, description: string) =>
  applyDecorators(
    ApiTags('votes'),
    ApiOperation({ operationId, summary, description }),
    ApiBearerAuth(),
    PAGE,
    ApiParam({
      name: 'name',
      description: 'The counter: a letter and up to 63 letters, digits or `_.:-`.',
      example: 'likes',
    }),
    ApiParam({
      name: 'voter',
      description:
        'The voter: the subject of the token, or anybody where it has the scope `users:act`.',
      example: 'ann',
    }),
    ...refusals('GET, HEAD, PUT and DELETE'),
    refused(401, 'A valid token is needed; only where AUTH is jwt.'),
    refused(403, 'The token does not allow this.'),
  );

const outOfRange = refused(409, 'The count would pass 9007199254740991; nothing was changed.');

/** GET: the vote of one voter. */
export const SHOW_VOTE_DOCS = applyDecorators(
  described('getVote', 'The vote of one voter.', 'As it stands now in this region.'),
  answer('The vote, and what the counter shows.', shown),
);

/** PUT: votes, or changes the vote. */
export const VOTE_DOCS = applyDecorators(
  described(
    'vote',
    'Votes, or changes the vote.',
    'A voter counts once, in however many regions it votes. The same again changes nothing, so it may be sent again whatever was answered.',
  ),
  ApiBody({
    required: false,
    schema: { type: 'object', additionalProperties: false, properties: { choice: CHOICE } },
  }),
  answer('The vote and the counter after it.', changed),
  outOfRange,
  refused(413, 'The body is larger than 64 KiB.'),
  refused(415, 'The body is not JSON.'),
);

/** DELETE: takes the vote back. */
export const UNVOTE_DOCS = applyDecorators(
  described('unvote', 'Takes the vote back.', 'Whatever it was for. It may be sent again.'),
  answer('The counter after it; there is no vote.', changed),
  outOfRange,
);
