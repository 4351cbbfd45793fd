/**
 * Goal    each app, where others than this machine can reach it, tells nothing of its schema, does nothing that a foreign
 *         page has a browser ask, and holds every operation to the same limits.
 * Method  the three apps in this process on every address of it, with a private Redis; plain HTTP.
 */
import { SignJWT } from 'jose';
import { freePort, startRedis, type RedisServer } from '@headcount/testing';
import { startAllInOne, type AllInOne } from './start.js';

const AUTH_JWT_SECRET = 'a secret of more than thirty-two characters';

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly codes: readonly string[];
}

/** A field of each app that anybody may ask for, mistyped, and repeated. */
const FIELDS = {
  counterApi: { good: 'site { count }', mistyped: 'sit { count }', meant: 'site' },
  gateway: { good: 'gateway { region }', mistyped: 'gatewa { region }', meant: 'gateway' },
  notification: {
    good: 'modifications(pageId: "a")',
    mistyped: 'modification(pageId: "a")',
    meant: 'modifications',
  },
} as const;
type App = keyof typeof FIELDS;

describe.each(Object.keys(FIELDS) as App[])('%s, where others can reach it', (name) => {
  const { good, mistyped, meant } = FIELDS[name];
  let redis: RedisServer;
  let all: AllInOne;
  let url: string;
  let authorization: string;
  beforeAll(async () => {
    redis = await startRedis();
    const [api, gateway, notification] = await Promise.all([freePort(), freePort(), freePort()]);
    all = await startAllInOne({
      ...{ REDIS_URL: redis.url, LOG_LEVEL: 'silent', DRAIN_MS: '0' },
      ...{ HOST: '0.0.0.0', AUTH: 'jwt', AUTH_JWT_SECRET },
      SIGNING_KEYS: 'k1:a-secret-of-our-own-making',
      COUNTER_API_PORT: String(api),
      GATEWAY_PORT: String(gateway),
      NOTIFICATION_PORT: String(notification),
      COUNTER_API_INTERNAL_PORT: '0',
      GATEWAY_INTERNAL_PORT: '0',
      NOTIFICATION_INTERNAL_PORT: '0',
      GRAPHQL_COST_MAX: '100',
    });
    url = `http://127.0.0.1:${all[name].port}/graphql`;
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('ada')
      .setExpirationTime('5m')
      .sign(Buffer.from(AUTH_JWT_SECRET));
    authorization = `Bearer ${token}`;
  });
  afterAll(async () => {
    await all.close();
    await redis.stop();
  });

  async function sent(path: string, init: RequestInit): Promise<Answer> {
    const response = await fetch(path, init);
    const text = await response.text();
    const codes = [...text.matchAll(/"code":"([A-Z_]+)"/g)].map(([, code = '']) => code);
    return { status: response.status, text, codes };
  }
  const ask = (query: string, type = 'application/json'): Promise<Answer> =>
    sent(url, {
      method: 'POST',
      headers: { authorization, 'content-type': type },
      body: JSON.stringify({ query }),
    });

  it('answers whoever asks as one may', async () => {
    expect(await ask(`{ ${good} }`)).toMatchObject({ status: 200, codes: [] });
  });

  it.each(['{ __schema { types { name } } }', '{ __type(name: "Query") { name } }'])(
    'shows nobody its schema: %s',
    async (query) => {
      const { status, text } = await ask(query);
      expect(status).toBe(400);
      expect(text).toMatch(/introspection/i);
    },
  );

  it('gives no hints at it, and no inner details', async () => {
    const { status, text } = await ask(`{ ${mistyped} }`);
    expect(status).toBe(400);
    expect(text).not.toMatch(new RegExp(`Did you mean|"${meant}|stack|node_modules|\\.js`));
    const page = await sent(url, { headers: { accept: 'text/html' } });
    expect(page.text).not.toContain('GraphiQL');
    expect((await sent(`${url}/graphiql/start.js`, {})).status).toBe(404);
  });

  it('lets pages of its own host read alone, and has none to try it on', async () => {
    const { origin, host } = new URL(url);
    const readBy = async (page: string): Promise<string | null> => {
      const init = {
        method: 'POST',
        headers: { origin: page, 'content-type': 'application/json' },
      };
      const { headers } = await fetch(url, { ...init, body: '{"query":"{ __typename }"}' });
      return headers.get('access-control-allow-origin');
    };
    expect(await readBy('https://evil.example')).toBeNull();
    if (name === 'gateway') return;
    expect(await readBy(`https://${host}`)).toBe(`https://${host}`);
    expect((await sent(`${origin}/openapi.json`, {})).status).toBe(200);
    expect((await sent(`${origin}/docs`, {})).status).toBe(404);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'does nothing that a form could ask: %s',
    async (type) => {
      const { status, text } = await ask(`{ ${good} }`, type);
      expect([400, 415]).toContain(status);
      expect(text).not.toContain('"data"');
    },
  );

  it('does nothing that an image or a link could ask', async () => {
    const { status, text } = await sent(`${url}?query=${encodeURIComponent(`{ ${good} }`)}`, {
      headers: { authorization },
    });
    expect(status).toBe(400);
    expect(text).not.toContain('"data"');
  });

  const many = (count: number, text: (at: number) => string): string =>
    Array.from({ length: count }, (_, at) => text(at)).join(' ');

  it.each([
    ['too deep', `{ ${'a { '.repeat(9)} b ${'}'.repeat(9)} }`],
    ['too many aliases', `{ ${many(201, (at) => `a${at}: ${good}`)} }`],
    ['too costly', `{ ${many(11, (at) => `a${at}: ${good}`)} }`],
    [
      'too costly in fragments that are left out',
      `{ ${many(6, () => '...f')} } fragment f on Query { a: ${good.replace(/( \{|$)/, ' @skip(if: true)$1')} b: ${good} }`,
    ],
    [
      'fragments that use each other 2^200 times',
      `{ ...f0 } ${many(200, (at) => `fragment f${at} on Query { ...f${at + 1} ...f${at + 1} }`)}
       fragment f200 on Query { ${good} }`,
    ],
  ])('refuses what is %s', async (_, query) => {
    const { status, codes } = await ask(query);
    expect([status, codes]).toEqual([400, expect.arrayContaining(['TOO_COMPLEX'])]);
  });

  it('does not read a document of too many tokens', async () => {
    const { status, text } = await ask(`{ ${'a '.repeat(5_001)} }`);
    expect(status).toBe(400);
    expect(text).toContain('more that 5000 tokens');
  });

  if (name === 'counterApi')
    it('counts each page of a list, also one in variables', async () => {
      const cost = async (pages: number): Promise<Answer> =>
        sent(url, {
          method: 'POST',
          headers: { authorization, 'content-type': 'application/json' },
          body: JSON.stringify({
            query: 'query ($p: [ID!]!) { counters(pageIds: $p) { count } }',
            variables: { p: Array.from({ length: pages }, (_, at) => `/${at}`) },
          }),
        });
      expect(await cost(9)).toMatchObject({ status: 200, codes: [] });
      expect(await cost(10)).toMatchObject({ status: 400, codes: ['TOO_COMPLEX'] });
    });
});
