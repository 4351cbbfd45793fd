/**
 * Goal    every path that executes GraphQL gives the same verdict on the same operation.
 * Method  the three apps in one process on a private Redis, with a low GRAPHQL_COST_MAX. One table of operations, written for the
 *         list field of each path, goes over HTTP (on counter-api three times, so that its fast path has it too), WebSocket, an
 *         event stream, and `_entities`.
 */
import { createClient as createStreamClient } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { freePort, startRedis, type RedisServer } from '@headcount/testing';
import { startAllInOne, type AllInOne } from './start.js';

/** Each of the fields below costs 11 for each entry of its list: 18 fit. */
const COST_MAX = 200;
const FITS = 18;

interface Asked {
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}
interface Result {
  readonly data?: unknown;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

/** A path, and its field with a list as its argument. */
interface Path {
  readonly operation: 'query' | 'subscription';
  readonly field: (list: string) => string;
  readonly listType: string;
  readonly itemType: string;
  readonly item: (at: number) => unknown;
  readonly ask: (asked: Asked) => Promise<Result>;
}

const ofPages = {
  ...{ listType: '[ID!]!', itemType: 'ID!' },
  item: (at: number) => `p${at}`,
};
const ofEntities = {
  ...({ operation: 'query', listType: '[_Any!]!', itemType: '_Any!' } as const),
  item: (at: number) => ({ __typename: 'Page', pageId: `p${at}` }),
  field: (list: string) => `_entities(representations: ${list}) { ... on Page { pageId } }`,
};
const counters = (list: string) => `counters(pageIds: ${list}) { count }`;
const countersChanged = (list: string) => `countersChanged(pageIds: ${list}) { count }`;

let all: AllInOne;
const urlOf = (app: 'counterApi' | 'notification' | 'gateway'): string =>
  `http://127.0.0.1:${all[app].port}/graphql`;

async function overHttp(url: string, asked: Asked): Promise<Result> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(asked) });
  return (await response.json()) as Result;
}

/** The first result of an operation, or what it is refused with. */
async function first(results: AsyncIterableIterator<unknown>): Promise<Result> {
  try {
    return (await results.next()).value as Result;
  } catch (cause) {
    return { errors: cause as NonNullable<Result['errors']> };
  } finally {
    await results.return?.();
  }
}

async function overSocket(asked: Asked): Promise<Result> {
  const url = urlOf('gateway').replace('http', 'ws');
  const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0 });
  const result = await first(client.iterate({ ...asked }));
  await client.dispose();
  return result;
}

async function overStream(asked: Asked): Promise<Result> {
  const client = createStreamClient({ url: `${urlOf('gateway')}/stream`, retryAttempts: 0 });
  const result = await first(client.iterate({ ...asked, variables: { ...asked.variables } }));
  client.dispose();
  return result;
}

const PATHS: Readonly<Record<string, Path>> = {
  'counter-api over HTTP and on its fast path': {
    ...{ ...ofPages, operation: 'query', field: counters },
    ask: async (asked) => {
      // The first is Apollo's, the second has a plan made for it, the third finds it.
      const results: Result[] = [];
      for (let times = 0; times < 3; times += 1)
        results.push(await overHttp(urlOf('counterApi'), asked));
      expect(new Set(results.map(verdictOf)).size).toBe(1);
      return results[2]!;
    },
  },
  'entities of counter-api': {
    ...ofEntities,
    ask: (asked) => overHttp(urlOf('counterApi'), asked),
  },
  'entities of notification': {
    ...ofEntities,
    ask: (asked) => overHttp(urlOf('notification'), asked),
  },
  WebSocket: { ...ofPages, operation: 'subscription', field: countersChanged, ask: overSocket },
  'event stream': {
    ...ofPages,
    operation: 'subscription',
    field: countersChanged,
    ask: overStream,
  },
};

/** Codes of Apollo for what the other paths call BAD_REQUEST. */
const OF_APOLLO = /^(GRAPHQL_PARSE_FAILED|GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT)$/;

function verdictOf({ data, errors }: Result): string {
  if (errors === undefined) return data ? 'answered' : 'nothing';
  return (errors[0]?.extensions?.code ?? 'no code').replace(OF_APOLLO, 'BAD_REQUEST');
}

type Row = readonly [what: string, verdict: string, written: (path: Path) => Asked];

const items = ({ item }: Path, count: number) => Array.from({ length: count }, (_, at) => item(at));
/** A list as it stands in a document. */
const literal = (path: Path, count: number): string =>
  JSON.stringify(items(path, count)).replace(/"(\w+)":/g, '$1:');
const withList = (name: string, path: Path): string =>
  `${path.operation} ${name}($list: ${path.listType}) { ${path.field('$list')} }`;
const listed = (path: Path, count: number): Asked => ({
  query: `${path.operation} { ${path.field(literal(path, count))} }`,
});
const inVariable = (path: Path, count: number): Asked => ({
  query: withList('A', path),
  variables: { list: items(path, count) },
});
const several = (path: Path): string => `${withList('A', path)} ${listed(path, FITS + 1).query}`;
const named = (path: Path): string => `${withList('A', path)} ${withList('B', path)}`;

/** The attack on a cache whose key was `operationName + ' ' + query`. */
const splitAfterKeyword = ({ query, ...asked }: Asked, { operation }: Path): Asked => ({
  ...asked,
  operationName: operation,
  query: query.slice(operation.length + 1),
});

const TABLE: readonly Row[] = [
  ['a list that fits', 'answered', (path) => listed(path, FITS)],
  ['a list that is too long', 'TOO_COMPLEX', (path) => listed(path, FITS + 1)],
  ['a list in a variable that fits', 'answered', (path) => inVariable(path, FITS)],
  ['a list in a variable that is too long', 'TOO_COMPLEX', (path) => inVariable(path, FITS + 1)],
  ['a list in a variable that is far too long', 'TOO_COMPLEX', (path) => inVariable(path, 500)],
  [
    'a list in which variables stand',
    'TOO_COMPLEX',
    (path) => ({
      query: `${path.operation} ($one: ${path.itemType}) { ${path.field(`[${'$one '.repeat(FITS + 1)}]`)} }`,
      variables: { one: path.item(1) },
    }),
  ],
  [
    'a list within a fragment that is left out',
    'TOO_COMPLEX',
    (path) => {
      const type = path.operation === 'query' ? 'Query' : 'Subscription';
      const fragment = `fragment F on ${type} { ${path.field(literal(path, FITS + 1))} }`;
      return {
        query: `${path.operation} { ...F ${path.operation === 'query' ? '@skip(if: true)' : ''} } ${fragment}`,
      };
    },
  ],
  ['no list', 'BAD_REQUEST', (path) => ({ query: withList('A', path) })],
  [
    'a list of another type',
    'BAD_REQUEST',
    (path) => ({ query: withList('A', path), variables: { list: [null] } }),
  ],
  [
    'a name that no operation has',
    'BAD_REQUEST',
    (path) => ({ ...inVariable(path, 1), operationName: 'B' }),
  ],
  ['an empty name', 'BAD_REQUEST', (path) => ({ ...inVariable(path, 1), operationName: '' })],
  [
    'a name of Object.prototype',
    'BAD_REQUEST',
    (path) => ({ ...inVariable(path, 500), operationName: 'constructor' }),
  ],
  [
    'several operations and no name',
    'BAD_REQUEST',
    (path) => ({ ...inVariable(path, 1), query: named(path) }),
  ],
  [
    'one of several that fits',
    'answered',
    (path) => ({ ...inVariable(path, 1), query: named(path), operationName: 'B' }),
  ],
  [
    'one of several that does not',
    'TOO_COMPLEX',
    (path) => ({ ...inVariable(path, 500), query: named(path), operationName: 'B' }),
  ],
  [
    'an anonymous operation beside another',
    'BAD_REQUEST',
    (path) => ({ ...inVariable(path, 1), query: several(path), operationName: 'A' }),
  ],
  [
    'a name and a document that are another document together',
    'BAD_REQUEST',
    (path) => splitAfterKeyword(inVariable(path, 500), path),
  ],
  ...Object.getOwnPropertyNames(Object.prototype).flatMap((name): Row[] => {
    const query = (path: Path, count: number) =>
      `${path.operation} ($${name}: ${path.listType} = ${literal(path, count)}) { ${path.field(`$${name}`)} }`;
    return [
      [`a preset of $${name} that fits`, 'answered', (path) => ({ query: query(path, FITS) })],
      [`a preset of $${name}`, 'TOO_COMPLEX', (path) => ({ query: query(path, FITS + 1) })],
    ];
  }),
];

/** What only counter-api has. */
const OF_COUNTER_API: readonly (readonly [string, string, string])[] = [
  [
    'a series that fits',
    'answered',
    '{ counterSeries(pageId: "p", name: "visits", per: MINUTE, last: 90) { count } }',
  ],
  [
    'a long series',
    'TOO_COMPLEX',
    '{ counterSeries(pageId: "p", name: "visits", per: MINUTE, last: 500) { count } }',
  ],
  [
    'a long window',
    'TOO_COMPLEX',
    '{ counterWindow(pageId: "p", name: "visits", windowSeconds: 2592000) { sum } }',
  ],
  [
    'versions',
    'TOO_COMPLEX',
    `{ counters(pageIds: ["a", "b"]) { ${'abcdefghij'.replace(/./g, '$&: version ')} } }`,
  ],
  [
    'counters of entities',
    'TOO_COMPLEX',
    `{ _entities(representations: [{ __typename: "Page", pageId: "a" }, { __typename: "Page", pageId: "b" }]) { ... on Page { ${'abcdefghij'.replace(/./g, '$&: counter { count } ')} } } }`,
  ],
];

describe('admission', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
    const [api, gateway, notification] = await Promise.all([freePort(), freePort(), freePort()]);
    all = await startAllInOne({
      ...{ REDIS_URL: redis.url, LOG_LEVEL: 'silent', DRAIN_MS: '0' },
      SIGNING_KEYS: 'k1:a-secret-of-our-own-making',
      COUNTER_API_PORT: String(api),
      GATEWAY_PORT: String(gateway),
      NOTIFICATION_PORT: String(notification),
      ...{ GRAPHQL_COST_MAX: String(COST_MAX), WINDOWED_COUNTERS: 'visits' },
    });
  });
  afterAll(async () => {
    await all.close();
    await redis.stop();
  });

  it.each(Object.entries(PATHS))('gives the verdict of the table to %s', async (_, path) => {
    const verdicts: Record<string, string> = {};
    for (const [what, , written] of TABLE)
      verdicts[what] = verdictOf(await path.ask(written(path)));
    expect(verdicts).toEqual(Object.fromEntries(TABLE.map(([what, verdict]) => [what, verdict])));
  });

  it.each(OF_COUNTER_API)('counts %s: %s', async (_, verdict, query) => {
    expect(verdictOf(await overHttp(urlOf('counterApi'), { query }))).toBe(verdict);
  });

  it('finds no plan under another name on the fast path', async () => {
    const path = PATHS['counter-api over HTTP and on its fast path']!;
    expect(verdictOf(await path.ask(inVariable(path, 1)))).toBe('answered');
    expect(verdictOf(await path.ask(splitAfterKeyword(inVariable(path, 500), path)))).toBe(
      'BAD_REQUEST',
    );
  });
});
