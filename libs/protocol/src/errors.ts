/**
 * The error catalogue: every code that a caller can meet, over whichever transport.
 *
 * E1  a code, once published, keeps its meaning, its status and its close code.
 * E2  no two codes share a close code, so a client that only sees the close knows which it was.
 *
 * The code is the `extensions.code` of a GraphQL error and the `code` of a problem+json document as
 * it stands. Only `platform` turns entries into answers.
 */
import type { Result } from '@headcount/crdt';

/** What a code means to a caller. */
export interface ErrorEntry {
  /** Status of an HTTP answer. */
  readonly httpStatus: number;
  /** Close code of a WebSocket that ends because of it; absent where it never ends a socket. */
  readonly wsCloseCode?: number;
  /** Whether the very same request may succeed later, without risk of being done twice. */
  readonly retryable: boolean;
  /** One sentence for a person, the same in every answer. */
  readonly title: string;
}

const entry = (httpStatus: number, title: string, more?: Partial<ErrorEntry>): ErrorEntry => ({
  httpStatus,
  retryable: false,
  title,
  ...more,
});

/**
 * All codes. Close codes are chosen so that a stock graphql-ws client comes back whenever trying again can help: after the
 * retryable ones, after those that a new token mends (4003, 4006, 4007, 4403), and after a mistake of ours (4501; 4500 would
 * be the end for it). It gives up after the others.
 */
export const ERRORS = {
  BAD_REQUEST: entry(400, 'The request is not of the form that is asked for.', {
    wsCloseCode: 4400,
  }),
  BAD_PAGE_ID: entry(400, 'The page id is not valid.'),
  BAD_COUNTER_NAME: entry(400, 'The counter name is not valid.'),
  BAD_VIEWER_ID: entry(400, 'The viewer id is not valid.'),
  BAD_ACTION: entry(400, 'The action must be "increment" or "decrement".'),
  BAD_AMOUNT: entry(
    400,
    'The amount must be a whole number from 1 to the largest one that is allowed.',
  ),
  BAD_OPERATION_ID: entry(400, 'The operation id is not valid.'),
  BAD_DURABILITY: entry(400, 'The durability must be memory, disk or replicas:N, N from 1 to 99.'),
  BAD_VERSION: entry(400, 'The version is not one that was given out for this page.'),
  TOO_COMPLEX: entry(400, 'The operation goes further than is allowed.'),
  UNAUTHENTICATED: entry(401, 'A valid token is needed.', { wsCloseCode: 4401 }),
  TOKEN_EXPIRED: entry(401, 'The token has expired.', { wsCloseCode: 4003 }),
  TOKEN_NOT_YET_VALID: entry(401, 'The token is not valid yet.', { wsCloseCode: 4007 }),
  UNKNOWN_KEY: entry(401, 'No key of the key set verifies the token; a new token may be good.', {
    wsCloseCode: 4006,
  }),
  BAD_SIGNATURE: entry(401, 'The request is not signed with a known key.'),
  REPLAYED: entry(401, 'The request has the number of an earlier one.'),
  UNKNOWN_INSTANCE: entry(401, 'The sender is not known here.'),
  FORBIDDEN: entry(403, 'The token does not allow this.', { wsCloseCode: 4403 }),
  NOT_LOCAL: entry(403, 'While AUTH is off, only programs on this machine may call.'),
  ADDRESS_NOT_ALLOWED: entry(403, 'The address is not on the list of those allowed.'),
  UNKNOWN_REGION: entry(403, 'The region is not among the peers of this one.'),
  NOT_FOUND: entry(404, 'There is nothing at this address.'),
  NOT_FOLLOWED: entry(404, 'The user does not follow the page.'),
  METHOD_NOT_ALLOWED: entry(405, 'The method is not allowed at this address.'),
  NOT_ACCEPTABLE: entry(406, 'None of the media types that are accepted can be given.'),
  REQUEST_TIMEOUT: entry(408, 'The request did not arrive in time.', { retryable: true }),
  OUT_OF_RANGE: entry(409, 'The count would pass 9007199254740991.'),
  FOLLOWS_FULL: entry(409, 'The user follows as many pages as one user may.'),
  BUCKETS_MISMATCH: entry(409, 'The two sides have different numbers of buckets.'),
  REGION_IN_USE: entry(409, 'The region is still heard of.'),
  NOT_YET_HERE: entry(503, 'What was written elsewhere has not arrived here yet.', {
    retryable: true,
  }),
  BELOW_ZERO: entry(409, 'The count does not suffice; nothing was changed.'),
  QUOTA_ELSEWHERE: entry(
    503,
    'Other regions have what is left of the count; nothing was changed.',
    {
      retryable: true,
    },
  ),
  PRECONDITION_FAILED: entry(
    412,
    'What the request was made conditional on does not hold; nothing was changed.',
  ),
  REGION_RETIRED: entry(410, 'The region has been taken out of service.'),
  PAYLOAD_TOO_LARGE: entry(413, 'The request is larger than is allowed.', { wsCloseCode: 1009 }),
  URI_TOO_LONG: entry(414, 'The address is longer than is allowed.'),
  UNSUPPORTED_MEDIA_TYPE: entry(415, 'The media type of the request is not understood.'),
  EXPECTATION_FAILED: entry(417, 'The only expectation that is met is 100-continue.'),
  WRONG_RECEIVER: entry(421, 'The request is meant for another instance.'),
  OPERATION_ID_REUSED: entry(422, 'The operation id was used before for something else.'),
  TOO_MANY: entry(429, 'There are too many requests or connections.', {
    wsCloseCode: 1013,
    retryable: true,
  }),
  TOO_MANY_COUNTERS: entry(
    429,
    'The caller has made as many new counters as it may for now; nothing was changed.',
    { retryable: true },
  ),
  TOO_SLOW: entry(429, 'The connection takes in less than it is sent.', {
    wsCloseCode: 4008,
    retryable: true,
  }),
  HEADERS_TOO_LARGE: entry(431, 'The head of the request is larger than is allowed.'),
  INTERNAL: entry(500, 'Something went wrong on our side.', { wsCloseCode: 4501 }),
  NOT_IMPLEMENTED: entry(501, 'The method or the transfer coding is not known here.'),
  BAD_HTTP_VERSION: entry(505, 'The version of HTTP is not spoken here; HTTP/1.1 is.'),
  KEYS_UNAVAILABLE: entry(503, 'The keys that tokens are verified with cannot be had.', {
    wsCloseCode: 4503,
    retryable: true,
  }),
  STORE_UNAVAILABLE: entry(503, 'The store is away; nothing was changed.', { retryable: true }),
  OUTCOME_UNKNOWN: entry(503, 'The store does not say whether the change was made.'),
  OPERATION_IDS_FULL: entry(503, 'No more operation ids can be kept; nothing was changed.', {
    retryable: true,
  }),
  STORE_FULL: entry(507, 'The store has no room for anything new; nothing was changed.'),
  DURABILITY_UNAVAILABLE: entry(
    503,
    'The store cannot promise the durability that is asked for; nothing was changed.',
    { retryable: true },
  ),
  SHUTTING_DOWN: entry(503, 'This instance is stopping.', { wsCloseCode: 1012, retryable: true }),
} as const satisfies Record<string, ErrorEntry>;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof ERRORS;

/** What the catalogue says of a code. */
export function errorEntry(code: ErrorCode): ErrorEntry {
  return ERRORS[code];
}

/** Whether a text, for example one read from an answer, is a code of the catalogue. */
export function isErrorCode(text: unknown): text is ErrorCode {
  return typeof text === 'string' && Object.hasOwn(ERRORS, text);
}

/** What is wrong with one field of a request. */
export interface FieldFault {
  /** Its path within the body, `changes.0.by`. */
  readonly field: string;
  /** A sentence for the caller. */
  readonly detail: string;
}

/** What a refusal may say besides its code and its sentence. */
export interface RefusalMore {
  readonly retryAfterSeconds?: number | null;
  readonly fields?: readonly FieldFault[];
}

/**
 * A refusal on its way out of an app: thrown where a framework expects an exception, and only
 * there. `detail` is shown to the caller; it says what was wrong with this request and holds no
 * secret. It has no stack trace: its code says all, and making one from source maps took a fifth of the time of a refused
 * operation, so that refusing a flood cost more than serving it.
 */
export class HeadcountError extends Error {
  override readonly name = 'HeadcountError';

  /** After how many seconds the same request may succeed, where that is known (Retry-After). */
  readonly retryAfterSeconds: number | null;

  /** The fields at fault, where that is known. */
  readonly fields: readonly FieldFault[];

  constructor(
    readonly code: ErrorCode,
    readonly detail?: string,
    { retryAfterSeconds = null, fields = [] }: RefusalMore = {},
  ) {
    super(detail ?? ERRORS[code].title);
    Object.defineProperty(this, 'stack', {
      ...{ value: `HeadcountError: ${this.message}`, configurable: true, writable: true },
    });
    this.retryAfterSeconds = retryAfterSeconds;
    this.fields = fields;
  }
}

/**
 * The value of an outcome, for the edges that answer refusals by throwing: controllers, resolvers,
 * guards. Throws the refusal, or HeadcountError with its code.
 */
export function orThrow<T>(result: Result<T, ErrorCode | HeadcountError>): T {
  if (result.ok) return result.value;
  const { error } = result;
  throw typeof error === 'string' ? new HeadcountError(error) : error;
}
