/** What openapi.json says of the REST interface, apart from the code that does it. */
import { applyDecorators } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
} from '@nestjs/swagger';
import { PROBLEM_SCHEMA } from '@headcount/platform';

type Schema = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const count = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const time = { type: 'string', format: 'date-time' };
const orNull = (schema: Schema): Schema => ({ oneOf: [schema, { type: 'null' }] });
const object = (
  properties: Record<string, Schema>,
  required = Object.keys(properties),
): Schema => ({
  type: 'object',
  required,
  properties,
});
const list = (items: Schema): Schema =>
  object({ items: { type: 'array', items }, next: orNull(text) });

const modification = object({ pageId: text, eventId: text, counted: { type: 'boolean' } });
const modificationAsked = { eventId: text, title: text, url: text, actor: text, at: time };
const entry = object({
  ...{ eventId: text, at: time },
  ...{ title: orNull(text), url: orNull(text), actor: orNull(text) },
});
const follow = object({ pageId: text, mutedUntil: orNull(time), unread: count });
const pageUnread = object({
  ...{ pageId: text, count, lastModifiedAt: time },
  ...{ lastTitle: orNull(text), cursor: text },
});
const unread = object({ total: count, cursor: text, pages: list(pageUnread) });

const PARAMS: Readonly<Record<string, string>> = {
  pageId: 'The page, percent-encoded.',
  userId: 'The user: the subject of the token, or anybody where it has the scope `users:act`.',
};

/** How one operation is described. */
interface Described {
  readonly id: string;
  readonly summary: string;
  readonly params?: readonly ('pageId' | 'userId')[];
  readonly isList?: boolean;
  readonly since?: boolean;
  readonly body?: Schema;
  readonly answers: Readonly<Record<number, Schema | null>>;
  readonly refusals?: Readonly<Record<number, string>>;
}

function described(one: Described): MethodDecorator {
  const {
    id,
    summary,
    params = [],
    isList = false,
    since = false,
    body,
    answers,
    refusals = {},
  } = one;
  const part = ['first', 'after'].map((name) =>
    ApiQuery({ name, required: false, schema: name === 'first' ? count : text }),
  );
  const all: Record<number, string> = {
    400: 'An id, a cursor or the body is not valid.',
    401: 'A valid token is needed; only where AUTH is jwt.',
    403: 'The token does not allow this.',
    503: 'Redis does not answer. `OUTCOME_UNKNOWN`: the change may have been made; it may be sent again.',
    ...refusals,
  };
  return applyDecorators(
    ApiBearerAuth(),
    ApiOperation({ operationId: id, summary }),
    ...params.map((name) => ApiParam({ name, description: PARAMS[name] ?? '' })),
    ...(since ? [ApiQuery({ name: 'since', schema: time })] : []),
    ...(isList ? part : []),
    ...(body ? [ApiBody({ schema: body })] : []),
    ...Object.entries(answers).map(([status, schema]) =>
      ApiResponse({
        status: Number(status),
        description: schema ? 'What was asked for.' : 'Done.',
        ...(schema && { content: { 'application/json': { schema } } }),
      }),
    ),
    ...Object.entries(all).map(([status, description]) =>
      ApiResponse({
        status: Number(status),
        description,
        content: { 'application/problem+json': { schema: PROBLEM_SCHEMA } },
      }),
    ),
  );
}

export const MODIFY_DOCS = described({
  id: 'modifyPage',
  summary: 'Tells that a page was modified. 201: it counts now, 200: the event was known.',
  params: ['pageId'],
  body: object(modificationAsked, ['eventId']),
  answers: { 200: modification, 201: modification },
});

export const MODIFY_ALL_DOCS = described({
  id: 'modifyPages',
  summary: 'Tells that pages were modified, at most 100 at once.',
  body: object({
    modifications: {
      type: 'array',
      items: object({ pageId: text, ...modificationAsked }, ['pageId', 'eventId']),
    },
  }),
  answers: { 200: object({ modifications: { type: 'array', items: modification } }) },
});

export const HISTORY_DOCS = described({
  id: 'getHistory',
  summary: 'The last modifications of a page, the latest first.',
  params: ['pageId'],
  isList: true,
  answers: { 200: list(entry) },
});

export const UNREAD_DOCS = described({
  id: 'getUnread',
  summary: 'What a user has not read.',
  params: ['userId'],
  isList: true,
  answers: { 200: unread },
});

export const DIGEST_DOCS = described({
  id: 'getDigest',
  summary: 'Users with something unread who were not online since a time; for mailers.',
  isList: true,
  since: true,
  answers: {
    200: list(object({ userId: text, total: count, cursor: text, pages: list(pageUnread) })),
  },
});

export const READ_DOCS = described({
  id: 'markRead',
  summary: 'Marks as read what was shown, of one page or of all; what is unread then.',
  params: ['userId'],
  body: object({ cursor: text, pageId: text }, ['cursor']),
  answers: { 200: unread },
});

export const FOLLOWING_DOCS = described({
  id: 'getFollowing',
  summary: 'The pages that a user follows, by their ids.',
  params: ['userId'],
  isList: true,
  answers: { 200: list(follow) },
});

export const FOLLOW_DOCS = described({
  id: 'follow',
  summary: 'Follows a page from now on.',
  params: ['userId', 'pageId'],
  answers: { 200: follow },
  refusals: { 409: 'The user follows as many pages as one user may.' },
});

export const UNFOLLOW_DOCS = described({
  id: 'unfollow',
  summary: 'Stops to follow a page.',
  params: ['userId', 'pageId'],
  answers: { 204: null },
});

export const MUTE_DOCS = described({
  id: 'mute',
  summary:
    'Silences a page that is followed: until a time, for ever where that is null or left out.',
  params: ['userId', 'pageId'],
  body: object({ until: orNull(time) }, []),
  answers: { 200: follow },
  refusals: { 404: 'The user does not follow the page.' },
});
