/**
 * Goal    what docs/rest.md says of HTTP holds at every route: those of both OpenAPI documents, GraphQL, and the event streams.
 * Method  the three apps in this process with a private Redis; each route is asked over bare connections with what the table
 *         names, and what the store shows is the same before and after all that is refused.
 */
import { connect } from 'node:net';
import {
  TEST_SIGNING_KEYS,
  freePort,
  startRedis,
  until,
  type RedisServer,
} from '@headcount/testing';
import { AllowedMethods } from '@headcount/platform';
import { startAllInOne, type AllInOne } from './start.js';

type App = 'counterApi' | 'gateway' | 'notification';

interface Route {
  readonly app: App;
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  /** Parameters that come once. */
  readonly once: readonly string[];
}

interface Answer {
  readonly status: number;
  readonly head: string;
  readonly text: string;
}

const VALUES: Readonly<Record<string, string>> = {
  ...{ webpageId: 'home', pageId: 'home', name: 'likes', voter: 'ann', userId: 'ann', key: 'k' },
};
/** What each change says; those that say nothing are not named. */
const BODIES: Readonly<Record<string, string>> = {
  changeCounter: '{"action":"increment"}',
  changeNamedCounter: '{"action":"increment"}',
  postNamedCounter: '{"action":"increment"}',
  changeCounters: '{"changes":[{"page":"home","name":"likes","action":"increment"}]}',
  setCounter: '{"value":3,"reason":"a test"}',
  allow: '{"limit":100,"windowSeconds":60}',
  modifyPage: '{"eventId":"a"}',
  modifyPages: '{"modifications":[{"pageId":"home","eventId":"b"}]}',
  markRead: '{"cursor":"k1.x"}',
};
const WRITES = ['PUT', 'POST', 'DELETE'];
const QUERY = encodeURIComponent('{ __typename }');
const VIEWS = encodeURIComponent('subscription { counterChanged(pageId: "home") { count } }');
const SAID = '{"query":"{ __typename }"}';

describe('every route', () => {
  let redis: RedisServer;
  let all: AllInOne;
  let routes: readonly Route[];
  beforeAll(async () => {
    redis = await startRedis();
    const [api, gateway, notification] = await Promise.all([freePort(), freePort(), freePort()]);
    all = await startAllInOne({
      ...{ REDIS_URL: redis.url, LOG_LEVEL: 'silent', DRAIN_MS: '0' },
      SIGNING_KEYS: TEST_SIGNING_KEYS,
      COUNTER_API_PORT: String(api),
      GATEWAY_PORT: String(gateway),
      NOTIFICATION_PORT: String(notification),
    });
    routes = [...(await described('counterApi')), ...(await described('notification')), ...OTHERS];
  });
  afterAll(async () => {
    await all.close();
    await redis.stop();
  });

  const OTHERS: readonly Route[] = [
    ...(['counterApi', 'gateway', 'notification'] as const).flatMap((app): Route[] => [
      { app, method: 'GET', path: `/graphql?query=${QUERY}`, once: ['operationName'] },
      { app, method: 'POST', path: '/graphql', body: SAID, once: [] },
    ]),
    { app: 'gateway', method: 'GET', path: '/pages/home/stream', once: ['name', 'v', 'viewing'] },
    { app: 'gateway', method: 'GET', path: `/graphql/stream?query=${VIEWS}`, once: ['v'] },
    { app: 'gateway', method: 'POST', path: '/graphql/stream', body: SAID, once: [] },
  ];

  async function described(app: App): Promise<Route[]> {
    const { paths } = (await (await fetch(`${all[app].url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, { operationId: string; parameters?: Parameter[] }>>;
    };
    return Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, { operationId, parameters = [] }]) => {
        const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => VALUES[name] ?? name);
        const asked = operationId === 'getDigest' ? '?since=2026-01-01T00:00:00Z' : '';
        const body = BODIES[operationId];
        return {
          ...{ app, method: method.toUpperCase(), path: filled + asked },
          ...(body !== undefined && { body }),
          once: parameters
            .filter(({ in: place, schema }) => place === 'query' && schema?.type !== 'array')
            .map(({ name }) => name),
        };
      }),
    );
  }

  const isStream = ({ path }: Route): boolean => path.includes('/stream');
  const isGraphql = ({ path }: Route): boolean => path.startsWith('/graphql');

  /** The answer to a route, asked with more headers, another body, or otherwise. */
  async function ask(
    route: Route,
    headers: readonly string[] = [],
    { body = route.body, method = route.method, path = route.path, shut = false, host = true } = {},
  ): Promise<Answer> {
    const typed = headers.some((header) => /^content-type:/i.test(header));
    const lines = [
      `${method} ${path} HTTP/1.1`,
      ...(host ? ['Host: localhost'] : []),
      'X-Headcount-User: ann',
      ...(isStream(route) && !headers.some((one) => one.startsWith('Accept:'))
        ? ['Accept: text/event-stream']
        : []),
      ...(typed || (body === undefined && !route.path.startsWith('/graphql'))
        ? []
        : ['Content-Type: application/json']),
      ...(body === undefined ? [] : [`Content-Length: ${body.length}`]),
      ...headers,
      'Connection: close',
    ];
    const socket = connect({ port: all[route.app].port, host: '127.0.0.1', allowHalfOpen: true });
    let text = '';
    socket.setEncoding('latin1').on('data', (more: string) => (text += more));
    socket.on('error', () => undefined);
    const bytes = `${lines.join('\r\n')}\r\n\r\n${body ?? ''}`;
    if (shut) socket.end(bytes, 'latin1');
    else socket.write(bytes, 'latin1');
    const isDone = (): boolean =>
      socket.readableEnded || (/^HTTP\/1\.1 200 [^]*event-stream[^]*\r\n\r\n/.test(text) && !shut);
    await until(isDone, { what: `an answer to ${lines.join(' | ')}`, timeoutMs: 20_000 });
    socket.destroy();
    const [head = '', ...rest] = text.split('\r\n\r\n');
    return { status: Number(head.slice(9, 12)), head, text: rest.join('\r\n\r\n') };
  }

  /** What the store shows of all that the routes change. */
  const shown = async (): Promise<string[]> => {
    const ofApi = ['/home/counter', '/home/counters/likes', '/home/counters/likes/voters/ann'];
    const ofUsers = ['/users/ann/follows', '/pages/home/history'];
    const of = (url: string) => (path: string) =>
      fetch(url + path, { headers: { 'x-headcount-user': 'ann' } }).then((one) => one.text());
    return Promise.all([
      ...ofApi.map(of(all.counterApi.url)),
      ...ofUsers.map(of(all.notification.url)),
    ]);
  };

  const named = (route: Route, what: string, status: unknown): unknown[] => [
    `${route.app} ${route.method} ${route.path} with ${what}`,
    status,
  ];

  it('is walked', () => {
    expect(routes.length).toBeGreaterThan(30);
  });

  it('answers as if they were not there: ranges, parameters of Accept, half-closed connections, proxies’ addresses', async () => {
    for (const route of routes) {
      const { status } = await ask(route);
      expect(named(route, 'nothing', status < 500)).toEqual(named(route, 'nothing', true));
      const json = isStream(route) ? 'text/event-stream' : 'application/json';
      const alike: [string, () => Promise<Answer>][] = [
        ['range', () => ask(route, ['Range: bytes=0-1', 'If-Range: "a"'])],
        ['dates', () => ask(route, ['If-Modified-Since: Tue, 01 Dec 2026 00:00:00 GMT'])],
        ['accept', () => ask(route, [`Accept: ${json}; charset=utf-8`])],
        ['versions', () => ask(route, [`Accept: ${json};version=1, image/png;q=0.1`])],
        ['half', () => ask(route, [], { shut: true })],
        ['absolute', () => ask(route, [], { path: `http://localhost${route.path}` })],
      ];
      for (const [what, asked] of alike) {
        const seen = (await asked()).status;
        // The first of some changes is answered with 201.
        expect(named(route, what, seen === 200 && status === 201 ? 201 : seen)).toEqual(
          named(route, what, status),
        );
      }
      if (!WRITES.includes(route.method) || route.body !== undefined) continue;
      for (const type of ['application/json', 'application/x-www-form-urlencoded', 'nonsense'])
        expect((await ask(route, [`Content-Type: ${type}`], { body: '' })).status).toBe(status);
    }
  }, 240_000);

  it('refuses what it must, and changes nothing', async () => {
    const before = await shown();
    for (const route of routes) {
      const refused: [string, number, () => Promise<Answer>][] = [];
      const refuse = (
        status: number,
        headers: readonly string[],
        more: Parameters<typeof ask>[2] = {},
      ): unknown =>
        refused.push([
          `${headers.join()} ${JSON.stringify(more)}`,
          status,
          () => ask(route, headers, more),
        ]);
      const and = route.path.includes('?') ? '&' : '?';
      const isWrite = WRITES.includes(route.method);
      if (!(isGraphql(route) && !isStream(route))) refuse(406, ['Accept: image/png']);
      if (!(isWrite && route.path === '/graphql'))
        refuse(400, [], { path: `${route.path}${and}surprise=1` });
      for (const name of route.once)
        refuse(400, [], { path: `${route.path}${and}${name}=1&${name}=1` });
      refuse(400, [], { path: `${route.path}${and}a=%ff` });
      refuse(400, [], { path: `${route.path}${and}a=\xe9` });
      refuse(412, ['If-Match: "old", W/"older"']);
      refuse(isWrite ? 412 : 304, ['If-None-Match: *']);
      refuse(417, ['Expect: a-wonder']);
      refuse(400, ['Host: localhost']);
      refuse(400, [], { host: false });
      refuse(405, [], { method: 'PATCH' });
      if (isWrite) {
        const body = route.body ?? '{}';
        const twice = body.replace('{', '{"a":1,"a":2,').replace(',}', '}');
        refuse(400, [], { body: twice });
        refuse(400, [], { body: body.replace('{', '{"\xff":1,').replace(',}', '}') });
        refuse(400, [], { body: body.replace('{', '{"a":"\\ud800",').replace(',}', '}') });
        refuse(415, ['Content-Type: text/plain'], { body });
        refuse(415, ['Content-Type: application/json; charset=latin1'], { body });
        refuse(415, ['Content-Encoding: gzip'], { body });
      }
      for (const [what, status, asked] of refused) {
        const answer = await asked();
        expect(named(route, what, answer.status)).toEqual(named(route, what, status));
        const isTold =
          status === 304 || /application\/(?:problem|graphql-response\+|json)/.test(answer.head);
        expect(named(route, what, isTold)).toEqual(named(route, what, true));
      }
    }
    expect(await shown()).toEqual(before);
  }, 240_000);

  it('answers HEAD as GET, and tells OPTIONS what there is', async () => {
    for (const route of routes) {
      const options = await ask(route, [], { method: 'OPTIONS' });
      if (!isStream(route) && !isGraphql(route)) {
        expect(named(route, 'OPTIONS', options.status)).toEqual(named(route, 'OPTIONS', 204));
        expect(options.head).toMatch(new RegExp(`allow: .*${route.method}`));
      }
      if (route.method !== 'GET' || route.path.startsWith('/graphql')) continue;
      const [got, head] = [await ask(route), await ask(route, [], { method: 'HEAD' })];
      expect(named(route, 'HEAD', [head.status, head.text])).toEqual(
        named(route, 'HEAD', [got.status, '']),
      );
    }
  }, 120_000);

  it('means one thing by every path, whatever ids stand in it', () => {
    for (const { nest } of [all.counterApi, all.gateway, all.notification]) {
      const allowed = nest.get(AllowedMethods);
      expect(allowed.words()).toContain('graphql');
      expect(allowed.collisions()).toEqual([]);
    }
  });

  it('leaves no page id to another route: what begins a path is a page as any other', async () => {
    const apps = [all.counterApi, all.gateway, all.notification];
    const words = new Set(apps.flatMap(({ nest }) => nest.get(AllowedMethods).words()));
    for (const word of ['internal', 'metrics']) words.add(word);
    const { url } = all.counterApi;
    const json = { 'content-type': 'application/json' };
    const init = { method: 'PUT', headers: json, body: '{"action":"increment"}' };
    for (const word of words)
      for (const path of [`/${word}/counter`, `/${word}/counters/likes`]) {
        expect([path, (await fetch(url + path, init)).status]).toEqual([path, 200]);
        const read = await fetch(url + path);
        expect([path, await read.json()]).toMatchObject([path, { count: 1 }]);
      }
  });

  it('reads the variables of a GraphQL GET as it reads bodies', async () => {
    const query = encodeURIComponent('query ($p: ID!) { counter(pageId: $p) { count } }');
    const of = async (variables: string): Promise<number> =>
      (
        await fetch(`${all.counterApi.url}/graphql?query=${query}&variables=${variables}`, {
          headers: { 'apollo-require-preflight': '1' },
        })
      ).status;
    expect(await of(encodeURIComponent('{"p":"home"}'))).toBe(200);
    for (const variables of ['{"p":"home","p":"home"}', '{"p":"\\ud800"}', '{"p":'])
      expect([variables, await of(encodeURIComponent(variables))]).toEqual([variables, 400]);
    expect(await of('%7B%22p%22%3A%22%ff%22%7D')).toBe(400);
  });

  it('answers 1,000 pages at once', async () => {
    const ids = Array.from(
      { length: 1000 },
      (_, at) => `page=blog%2Fa-page-of-a-website-with-a-name%2F${at}`,
    );
    const answer = await fetch(`${all.counterApi.url}/counters?${ids.join('&')}`);
    expect(answer.status).toBe(200);
    expect(((await answer.json()) as { counters: unknown[] }).counters).toHaveLength(1000);
  });

  it('lets one of many who have seen the same counter change it', async () => {
    const url = `${all.counterApi.url}/raced/counters/likes`;
    const etag = (await fetch(url)).headers.get('etag') ?? '';
    const headers = { 'content-type': 'application/json', 'if-match': `"x", ${etag}` };
    const init = { method: 'PUT', headers, body: '{"action":"increment"}' };
    const statuses = await Promise.all(
      Array.from({ length: 30 }, () => fetch(url, init).then(({ status }) => status)),
    );
    expect(statuses.sort()).toEqual([200, ...Array.from({ length: 29 }, () => 412)]);
    expect(await (await fetch(url)).json()).toMatchObject({ count: 1 });
  });
});

interface Parameter {
  readonly in: string;
  readonly name: string;
  readonly schema?: { readonly type?: string };
}
