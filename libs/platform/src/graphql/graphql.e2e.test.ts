/**
 * Goal    GraphQL over HTTP answers as every app must: values, errors, limits, who sees the schema.
 * Method  a small app with one resolver on a real port, as in development and as in production.
 */
import { Module } from '@nestjs/common';
import { Args, GraphQLModule, ID, Query, Resolver, Subscription } from '@nestjs/graphql';
import { HeadcountError, VIEWERS, type PageId } from '@headcount/protocol';
import { TEST_SIGNING_KEYS } from '@headcount/testing';
import { runApp, type RunningApp } from '../bootstrap/run-app.js';
import { portSetting } from '../config/kinds.js';
import { graphqlSettings } from '../config/limit-settings.js';
import { loadConfig, type Environment } from '../config/load-config.js';
import { commonSettings } from '../config/shared-settings.js';
import { Counter } from './counter.object.js';
import { graphqlOptions } from './graphql-options.js';
import { SafeInt } from './safe-int.js';

const settings = { ...commonSettings, TEST_PORT: portSetting('Where the test listens.', 0) };
const config = loadConfig(settings, { LOG_LEVEL: 'silent', SIGNING_KEYS: TEST_SIGNING_KEYS });

@Resolver(() => Counter)
class CounterResolver {
  @Query(() => Counter)
  counter(
    @Args('pageId', { type: () => ID }) pageId: string,
    @Args('by', { type: () => SafeInt, defaultValue: 715 }) by: number,
  ): Counter {
    if (pageId === 'refused') throw new HeadcountError('BAD_PAGE_ID', 'It is refused.');
    if (pageId === 'broken') throw new Error('the password is 12345');
    const updatedAtMs = pageId === 'new' ? null : 1_917_864_702_999;
    const count = pageId === 'past' ? 2 ** 53 : by;
    const page = pageId as PageId;
    return new Counter({
      pageId: page,
      name: VIEWERS,
      count,
      connections: 2,
      updatedAtMs,
      staleRegions: [],
    });
  }

  @Subscription(() => Counter, { resolve: (value: Counter) => value.count })
  changed(): AsyncIterable<Counter> {
    throw new Error('nobody subscribes over HTTP');
  }

  @Query(() => [Counter])
  counters(@Args('pageIds', { type: () => [ID] }) pageIds: string[]): Counter[] {
    return pageIds.map((pageId) => this.counter(pageId, 1));
  }
}

function start(HOST: string, env: Environment = {}): Promise<RunningApp> {
  const limits = loadConfig(graphqlSettings, env);

  @Module({
    imports: [GraphQLModule.forRoot(graphqlOptions({ HOST, ...limits }))],
    providers: [CounterResolver],
  })
  class TestModule {}
  return runApp({ name: 'test', module: TestModule, config, portSetting: 'TEST_PORT' });
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly data: unknown;
  readonly errors: readonly { message: string; extensions: { code: string } }[];
}

async function ask(app: RunningApp, query: string, variables = {}): Promise<Answer> {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  return { status: response.status, text, ...JSON.parse(text) };
}

describe('GraphQL', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await start('127.0.0.1');
  });
  afterAll(() => app.close());

  it('shows a counter, beyond 32 bits too', async () => {
    const fields = '{ pageId name count connections updatedAt }';
    const query = `query ($by: SafeInt!) { counter(pageId: "/a", by: $by) ${fields} }`;
    const counter = {
      pageId: '/a',
      name: 'viewers',
      count: 2 ** 53 - 1,
      connections: 2,
      updatedAt: '2030-10-10T12:11:42Z',
    };
    expect(await ask(app, query, { by: 2 ** 53 - 1 })).toMatchObject({
      status: 200,
      data: { counter },
    });
    expect(await ask(app, '{ counter(pageId: "new") { updatedAt } }')).toMatchObject({
      data: { counter: { updatedAt: null } },
    });
  });

  it.each([
    ['a refusal', 200, 'BAD_PAGE_ID', '{ counter(pageId: "refused") { count } }'],
    ['an exception', 200, 'INTERNAL', '{ counter(pageId: "broken") { count } }'],
    ['a count past the bound', 200, 'OUT_OF_RANGE', '{ counter(pageId: "past") { count } }'],
    [
      'a number past the bound',
      400,
      'GRAPHQL_VALIDATION_FAILED',
      '{ counter(pageId: "a", by: 9007199254740992) { count } }',
    ],
    ['an unknown field', 400, 'GRAPHQL_VALIDATION_FAILED', '{ counter(pageId: "a") { likes } }'],
    ['bad syntax', 400, 'GRAPHQL_PARSE_FAILED', '{ counter('],
    ['too deep a document', 400, 'TOO_COMPLEX', `${'{ a '.repeat(9)}{ b }${' }'.repeat(9)}`],
    [
      'a document too deep for the parser',
      400,
      'TOO_COMPLEX',
      `${'{ a '.repeat(2400)}{ b }${' }'.repeat(2400)}`,
    ],
    [
      'fragments that use each other 2^200 times',
      400,
      'TOO_COMPLEX',
      `{ ...f0 } ${Array.from({ length: 200 }, (_, at) => `fragment f${at} on Query { ...f${at + 1} ...f${at + 1} }`).join(' ')}
      fragment f200 on Query { counter(pageId: "a") { count } }`,
    ],
    [
      'too many aliases',
      400,
      'TOO_COMPLEX',
      `{ counter(pageId: "a") { ${'a: count '.repeat(201)} } }`,
    ],
    ['a subscription', 400, 'BAD_REQUEST', 'subscription { changed { count } }'],
    ['too many tokens', 400, 'GRAPHQL_PARSE_FAILED', `{ ${'a '.repeat(5_001)} }`],
  ])('answers %s with %i %s and no stack', async (_, status, code, query) => {
    const answer = await ask(app, query);
    expect(answer.status).toBe(status);
    expect(answer.errors.map(({ extensions }) => extensions.code)).toContain(code);
    expect(answer.text).not.toMatch(/password|stack|\.ts/);
  });

  it('answers a variable of the wrong kind with 400', async () => {
    const query = 'query ($by: SafeInt!) { counter(pageId: "a", by: $by) { count } }';
    for (const by of ['1', 1.5, 2 ** 53, null, true]) {
      const answer = await ask(app, query, { by });
      expect(answer.status).toBe(400);
      expect(answer.errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    }
  });

  it('refuses what costs too much, by settings, with its list in variables too', async () => {
    const strict = await start('127.0.0.1', { GRAPHQL_COST_MAX: '30', GRAPHQL_ALIASES_MAX: '2' });
    const query =
      'query ($pageIds: [ID!]!) { counters(pageIds: $pageIds) { ...f } } fragment f on Counter { count @skip(if: true) }';
    const costing = (...pageIds: string[]): Promise<Answer> => ask(strict, query, { pageIds });
    expect(await costing('a', 'b')).toMatchObject({ status: 200, data: { counters: [{}, {}] } });
    expect(await costing('a', 'b', 'c')).toMatchObject({
      status: 400,
      errors: [
        {
          message: 'The operation costs 33; 30 is allowed.',
          extensions: { code: 'TOO_COMPLEX' },
        },
      ],
    });
    const aliased = '{ a: counter(pageId: "a") { b: count c: count } }';
    expect((await ask(strict, aliased)).errors[0]?.extensions.code).toBe('TOO_COMPLEX');
    await strict.close();
  });

  it('says what was refused, and no more', async () => {
    const answer = await ask(app, '{ counter(pageId: "refused") { count } }');
    expect(answer.errors[0]).toEqual({
      message: 'It is refused.',
      locations: [{ line: 1, column: 3 }],
      path: ['counter'],
      extensions: { code: 'BAD_PAGE_ID' },
    });
  });

  it('answers no simple request that another origin could make a browser send', async () => {
    const query = encodeURIComponent('{ counter(pageId: "a") { count } }');
    expect((await fetch(`${app.url}/graphql?query=${query}`)).status).toBe(400);
    const init = { headers: { 'apollo-require-preflight': '1' } };
    expect((await fetch(`${app.url}/graphql?query=${query}`, init)).status).toBe(200);
  });

  it('takes no body of more than 64 KiB', async () => {
    expect((await ask(app, ' '.repeat(65_536))).status).toBe(413);
  });

  it('shows its schema and a page to try it where developers are, and only there', async () => {
    const query = '{ __schema { queryType { name fields { type { ofType { name } } } } } }';
    const page = { headers: { accept: 'text/html' } };
    expect((await ask(app, query)).status).toBe(200);
    expect(await (await fetch(`${app.url}/graphql`, page)).text()).toContain('GraphiQL');

    const production = await start('10.0.0.1');
    expect((await ask(production, query)).status).toBe(400);
    expect(await (await fetch(`${production.url}/graphql`, page)).text()).not.toContain('GraphiQL');
    expect((await ask(production, '{ counter(pageId: "a") { cunt } }')).text).not.toContain(
      'count',
    );
    await production.close();
  });
});
