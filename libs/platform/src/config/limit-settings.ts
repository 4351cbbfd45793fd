/** What callers may ask of an app at most, and how long they may take to say it. */
import { numberSetting } from './kinds.js';
import type { ConfigOf, ConfigRule } from './setting.js';

/** How far an operation of GraphQL may go, the same over HTTP, WebSocket and event streams. */
export const graphqlSettings = {
  GRAPHQL_TOKENS_MAX: numberSetting(
    'Maximum tokens in a GraphQL document.',
    // A list of a hundred aliased counters has about 1,500. At 10,000 the parser still has stack for the deepest nesting.
    { min: 100, max: 10_000, default: 5_000 },
  ),
  GRAPHQL_DEPTH_MAX: numberSetting(
    'Maximum nesting depth of fields in a GraphQL document.',
    // Ours need three, a client's fragments none.
    { min: 1, max: 100, default: 8 },
  ),
  GRAPHQL_ALIASES_MAX: numberSetting(
    'Maximum aliases in a GraphQL document, including repeated fields and uses of fragments.',
    // A list of a hundred aliased counters that share a fragment has 200.
    { min: 0, max: 10_000, default: 200 },
  ),
  GRAPHQL_COST_MAX: numberSetting(
    'Maximum cost of a GraphQL operation: about 10 for each read, 1 for each field that shows what was read; docs/safety.md has a table.',
    // A thousand counters with all their plain fields.
    { min: 10, max: 10_000_000, default: 25_000 },
  ),
};

/** The values of the settings that bound operations of GraphQL. */
export type GraphqlLimits = ConfigOf<typeof graphqlSettings>;

/** How long a request may take to arrive. */
export const requestSettings = {
  HEADERS_TIMEOUT_MS: numberSetting(
    'Timeout for the head of a request, in milliseconds. The connection is closed when it expires, also if nothing was sent.',
    { min: 100, max: 60_000, default: 10_000 },
  ),
  REQUEST_TIMEOUT_MS: numberSetting(
    'Timeout for a whole request, in milliseconds. The connection is closed when it expires.',
    { min: 100, max: 300_000, default: 30_000 },
  ),
};

/** The values of the settings that say how long a request may take. */
export type RequestTimes = ConfigOf<typeof requestSettings>;

/** A head is part of its request. */
export const headersWithinRequest: ConfigRule<typeof requestSettings> = ({
  HEADERS_TIMEOUT_MS: headers,
  REQUEST_TIMEOUT_MS: request,
}) =>
  headers !== undefined && request !== undefined && headers > request
    ? `HEADERS_TIMEOUT_MS must be at most REQUEST_TIMEOUT_MS, for the head is part of the request; ` +
      `they are ${headers} and ${request}.`
    : null;
