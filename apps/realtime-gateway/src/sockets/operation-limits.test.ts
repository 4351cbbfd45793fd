/**
 * Goal    what an operation may ask for is the same over HTTP, WebSocket and event streams, and no way of writing it
 *         gets round that.
 * Method  the app as it is, with low limits, over a fake counter-api; stock clients, and fetch.
 */
import { createClient as createStreamClient } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import { SignJWT } from 'jose';
import { WebSocket } from 'ws';
import { type RunningApp } from '@headcount/platform';
import type { FakeCounterApi } from '../testing/fake-counter-api.js';
import { startTestPair } from '../testing/test-gateway.js';

interface Told {
  readonly message: string;
  readonly extensions: { readonly code: string };
}
interface Result {
  readonly data?: unknown;
  readonly errors?: readonly Told[];
}
interface Asked {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
}
type Ask = (asked: Asked) => Promise<Result>;

/** The ways to ask a gateway something, each giving the first result. */
function waysTo(app: RunningApp, token?: string): Readonly<Record<string, Ask>> {
  const headers: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` };
  const first = async (results: AsyncIterableIterator<unknown>): Promise<Result> => {
    try {
      return (await results.next()).value as Result;
    } catch (cause) {
      return { errors: cause as readonly Told[] };
    }
  };
  return {
    HTTP: async (asked) => {
      const response = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(asked),
      });
      return (await response.json()) as Result;
    },
    WebSocket: async (asked) => {
      const url = `${app.url.replace('http', 'ws')}/graphql`;
      const client = createClient({
        ...{ url, webSocketImpl: WebSocket, retryAttempts: 0 },
        connectionParams: token === undefined ? {} : { token },
      });
      const results = client.iterate(asked);
      const result = await first(results);
      await results.return?.();
      await client.dispose();
      return result;
    },
    'event stream': async (asked) => {
      const url = `${app.url}/graphql/stream`;
      const client = createStreamClient({ url, headers, retryAttempts: 0 });
      const result = await first(client.iterate(asked));
      client.dispose();
      return result;
    },
  };
}

const codesOf = ({ errors = [] }: Result): string[] =>
  errors.map(({ extensions }) => extensions.code);

describe('the limits of operations', () => {
  let fake: FakeCounterApi;
  let app: RunningApp;
  let ways: Readonly<Record<string, Ask>>;
  beforeAll(async () => {
    ({ fake, app } = await startTestPair({
      DRAIN_MS: '0',
      GRAPHQL_TOKENS_MAX: '300',
      GRAPHQL_DEPTH_MAX: '2',
      GRAPHQL_ALIASES_MAX: '6',
      GRAPHQL_COST_MAX: '66',
    }));
    ways = waysTo(app);
  });
  afterAll(async () => {
    await app.close();
    await fake.stop();
  });

  const many = (count: number, text: (at: number) => string): string =>
    Array.from({ length: count }, (_, at) => text(at)).join(' ');

  describe.each(['HTTP', 'WebSocket', 'event stream'])('over %s', (way) => {
    const ask: Ask = (asked) => ways[way]!(asked);

    it.each([
      ['as it is', '{ gateway { region instance } }'],
      ['six aliases', `{ ${many(6, (at) => `a${at}: gateway { region }`)} }`],
      [
        'in fragments',
        '{ ...f } fragment f on Query { gateway { ...g } } fragment g on Gateway { region }',
      ],
    ])('let through what keeps to them: %s', async (_, query) => {
      const { data, errors } = await ask({ query });
      expect([errors, data]).toEqual([undefined, expect.anything()]);
    });

    it.each([
      ['depth', '{ gateway { region { more } } }'],
      [
        'depth, in fragments',
        '{ ...f } fragment f on Query { gateway { ...g } } fragment g on Gateway { region { more } }',
      ],
      ['depth, left out', '{ gateway { region @skip(if: true) { more } } }'],
      ['aliases', `{ gateway { ${many(7, (at) => `a${at}: region`)} } }`],
      [
        'aliases, left out',
        `{ gateway { region ${many(7, (at) => `a${at}: region @skip(if: true)`)} } }`,
      ],
      [
        'aliases, in fragments',
        '{ gateway { ...f ...f } } fragment f on Gateway { a: region b: region c: instance }',
      ],
      ['repeated fields', `{ gateway { ${many(8, () => 'region')} } }`],
      [
        'fragments that use each other 2^20 times',
        `{ ...f0 } ${many(20, (at) => `fragment f${at} on Query { ...f${at + 1} ...f${at + 1} }`)}
         fragment f20 on Query { gateway { region } }`,
      ],
      ['cost', `{ ${many(6, (at) => `a${at}: gateway { region instance }`)} }`],
      [
        'cost, in fragments, left out',
        `{ ${many(2, () => '...f')} } fragment f on Query { ${many(2, (at) => `a${at}: gateway @include(if: false) { region instance }`)} gateway { region instance } }`,
      ],
    ])('refuse what goes beyond: %s', async (_, query) => {
      expect(codesOf(await ask({ query }))).toEqual(expect.arrayContaining(['TOO_COMPLEX']));
    });

    it('stop reading after so many tokens', async () => {
      const { errors = [] } = await ask({ query: `{ ${many(400, () => 'a')} }` });
      expect(errors).toEqual([
        expect.objectContaining({ message: expect.stringContaining('more that 300 tokens') }),
      ]);
    });
  });

  it.each(['WebSocket', 'event stream'])(
    'count each page of a list over %s, also one in variables',
    async (way) => {
      const ask = ways[way]!;
      const pages = (count: number): string[] => Array.from({ length: count }, (_, at) => `/${at}`);
      const inVariables = (count: number): Asked => ({
        query:
          'subscription ($p: [ID!]!) { countersChanged(pageIds: $p) { ...f } } fragment f on Counter { count @skip(if: true) pageId }',
        variables: { p: pages(count) },
      });
      const inDocument = (count: number): Asked => ({
        query: `subscription { countersChanged(pageIds: ${JSON.stringify(pages(count))}) { count pageId } }`,
      });
      for (const asked of [inVariables, inDocument]) {
        expect(codesOf(await ask(asked(6)))).toEqual(['TOO_COMPLEX']);
        const { data } = await ask(asked(5));
        expect(data).toEqual({ countersChanged: Array(5).fill(expect.anything()) });
      }
    },
  );
});

describe('where others than this machine can reach it', () => {
  const AUTH_JWT_SECRET = 'a-secret-of-more-than-thirty-two-characters';
  let fake: FakeCounterApi;
  let app: RunningApp;
  let ways: Readonly<Record<string, Ask>>;
  beforeAll(async () => {
    ({ fake, app } = await startTestPair({
      ...{ DRAIN_MS: '0', HOST: '0.0.0.0', AUTH: 'jwt', AUTH_JWT_SECRET },
    }));
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('ada')
      .setExpirationTime('1m')
      .sign(Buffer.from(AUTH_JWT_SECRET));
    ways = waysTo(app, token);
  });
  afterAll(async () => {
    await app.close();
    await fake.stop();
  });

  it.each(['HTTP', 'WebSocket', 'event stream'])(
    'nothing is told of the schema over %s',
    async (way) => {
      const ask = ways[way]!;
      const { errors = [] } = await ask({ query: '{ __schema { types { name } } }' });
      expect(errors).not.toEqual([]);
      for (const { message } of errors) expect(message).toMatch(/introspection/i);
      for (const query of [
        '{ gateway { regio } }',
        '{ gatewa { region } }',
        '{ gateway(x: 1) { region } }',
      ]) {
        const told = JSON.stringify(await ask({ query }));
        expect(told).toContain('errors');
        expect(told).not.toMatch(/Did you mean|"region|gateway"|stack|\.ts/);
      }
      expect(await ask({ query: '{ gateway { region } }' })).toMatchObject({
        data: { gateway: { region: 'local' } },
      });
    },
  );
});
