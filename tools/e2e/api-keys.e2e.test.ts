/**
 * Goal    where callers have to prove who they are nobody changes anything without a good token or key, and a back end with a
 *         key does what the key is for, over REST, GraphQL and sockets, and no more.
 * Method  real processes with AUTH=jwt and keys in a file; every route of the OpenAPI documents that is no GET, every mutation.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import type { System } from '@headcount/testing';
import { startWholeSystem } from './whole-system.js';
import { routesOf } from './fuzz/rest-requests.js';

const keyOf = (sign: string): string => `hck_${sign.repeat(43)}`;
const [CMS, SHOP, BARE, UNKNOWN] = ['c', 's', 'b', 'u'].map(keyOf) as [
  string,
  string,
  string,
  string,
];

const lineOf = (name: string, key: string, rights: object): string =>
  JSON.stringify({ name, sha256: createHash('sha256').update(key).digest('hex'), ...rights });

const LINES = [
  lineOf('cms', CMS, { scope: 'pages:modify', pages: ['blog/*'], counters: ['blog/* likes'] }),
  lineOf('shop', SHOP, { scope: 'users:act', counters: ['shop viewers'] }),
  lineOf('bare', BARE, { pages: [], counters: [] }),
];

const APPS = { 'counter-api': 'apiUrl', notification: 'notificationUrl' } as const;
type App = keyof typeof APPS;

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly body: Record<string, unknown>;
}

describe('where callers prove who they are', () => {
  let folder: string;
  let system: System;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'headcount-keys-'));
    writeFileSync(join(folder, 'keys'), LINES.join('\n'));
    const env = {
      AUTH: 'jwt',
      AUTH_JWT_SECRET: 'x'.repeat(32),
      API_KEYS_FILE: join(folder, 'keys'),
    };
    system = await startWholeSystem(env);
  }, 60_000);
  afterAll(async () => {
    await system.stop();
    rmSync(folder, { recursive: true });
  });

  async function ask(
    app: App,
    method: string,
    path: string,
    key?: string,
    body?: object,
  ): Promise<Answer> {
    const response = await fetch(system[APPS[app]]() + path, {
      method,
      headers: {
        'x-headcount-user': 'ann',
        ...(body && { 'content-type': 'application/json' }),
        ...(key !== undefined && { authorization: `Bearer ${key}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const read = text === '' ? {} : JSON.parse(text);
    return {
      status: response.status,
      code: read.code ?? read.errors?.[0]?.extensions?.code,
      body: read,
    };
  }

  const graphql = (app: App, query: string, key?: string): Promise<Answer> =>
    ask(app, 'POST', '/graphql', key, { query });

  it.each([undefined, UNKNOWN, 'hck_', 'Bearer'])(
    'nothing is changed by whoever shows %s',
    async (key) => {
      const letIn: string[] = [];
      for (const app of Object.keys(APPS) as App[]) {
        const document = join(__dirname, '../../apps', app, 'openapi.json');
        for (const { method, path } of routesOf(JSON.parse(readFileSync(document, 'utf8')))) {
          if (method === 'GET') continue;
          const { status } = await ask(app, method, path.replace(/\{\w+\}/g, 'a'), key, {});
          if (status !== 401) letIn.push(`${method} ${path}: ${status}`);
        }
      }
      expect(letIn).toEqual([]);
    },
  );

  it('no mutation is let in without a key', async () => {
    const mutations: readonly (readonly [App, string])[] = [
      ['counter-api', 'incrementCounter(pageId: "a") { count }'],
      ['counter-api', 'retireRegion(name: "x") { name }'],
      ['notification', 'modifyPage(input: { pageId: "a", eventId: "1" }) { counted }'],
      ['notification', 'follow(pageId: "a") { pageId }'],
    ];
    for (const [app, mutation] of mutations)
      expect((await graphql(app, `mutation { ${mutation} }`, UNKNOWN)).code).toBe(
        'UNAUTHENTICATED',
      );
    const entities =
      '{ _entities(representations: [{ __typename: "Page", pageId: "a" }]) { __typename } }';
    expect((await graphql('notification', entities)).code).toBe('UNAUTHENTICATED');
  });

  it('a key is for the counters, pages and scopes of its line', async () => {
    const raise = (pageId: string, name: string, key: string) =>
      graphql(
        'counter-api',
        `mutation { incrementCounter(pageId: "${pageId}", name: "${name}") { count } }`,
        key,
      );
    expect((await raise('blog/1', 'likes', CMS)).body).toEqual({
      data: { incrementCounter: { count: 1 } },
    });
    expect((await raise('blog/1', 'votes', CMS)).code).toBe('FORBIDDEN');
    expect((await raise('shop', 'likes', CMS)).code).toBe('FORBIDDEN');
    expect((await raise('blog/1', 'likes', BARE)).code).toBe('FORBIDDEN');
    const put = (pageId: string, key: string) =>
      ask('counter-api', 'PUT', `/${pageId}/counter`, key, { action: 'increment' });
    expect(await put('shop', SHOP)).toMatchObject({ status: 200, body: { count: 1 } });
    expect(await put('home', SHOP)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    expect(await put('shop', BARE)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    const event = (key: string) =>
      ask('notification', 'POST', '/pages/blog%2F1/modifications', key, { eventId: 'e1' });
    expect(await event(SHOP)).toMatchObject({ status: 403 });
    expect(await event(CMS)).toMatchObject({ status: 201 });
  });

  it('a back end is nobody, and acts for users with the scope for that alone', async () => {
    const follow = (more: string, key: string) =>
      graphql('notification', `mutation { follow(pageId: "blog/1"${more}) { pageId } }`, key);
    expect((await follow('', SHOP)).code).toBe('BAD_REQUEST');
    expect((await follow(', userId: "ann"', CMS)).code).toBe('FORBIDDEN');
    expect((await follow(', userId: "shop"', CMS)).code).toBe('FORBIDDEN');
    expect((await follow(', userId: "ann"', SHOP)).code).toBeUndefined();
    expect((await ask('notification', 'GET', '/users/ann/follows', SHOP)).body).toMatchObject({
      items: [{ pageId: 'blog/1' }],
    });
    const retire = 'mutation { retireRegion(name: "x") { name } }';
    expect((await graphql('counter-api', retire, SHOP)).code).toBe('FORBIDDEN');
    const history =
      '{ _entities(representations: [{ __typename: "Page", pageId: "shop" }]) { ... on Page { history { edges { cursor } } } } }';
    expect((await graphql('notification', history, CMS)).code).toBe('FORBIDDEN');
    expect((await graphql('notification', history, SHOP)).code).toBeUndefined();
  });

  it.each([
    [CMS, 'blog/1', 'next'],
    [CMS, 'shop', 'FORBIDDEN'],
    [UNKNOWN, 'blog/1', 4401],
  ] as const)('a socket with the key %s watches %s: %s', async (token, pageId, outcome) => {
    const client = createClient({
      url: system.liveUrl(),
      webSocketImpl: WebSocket,
      connectionParams: { token },
      retryAttempts: 0,
    });
    const got = await new Promise((resolve) =>
      client.subscribe(
        {
          query: 'subscription ($pageId: ID!) { counterChanged(pageId: $pageId) { count } }',
          variables: { pageId },
        },
        {
          next: () => resolve('next'),
          error: (cause) => resolve(codeIn(cause)),
          complete: () => resolve('complete'),
        },
      ),
    );
    await client.dispose();
    expect(got).toBe(outcome);
  });
});

/** The code of what ended a subscription: of a GraphQL error, or of the close of its socket. */
function codeIn(cause: unknown): unknown {
  const [error = cause] = Array.isArray(cause) ? cause : [cause];
  const { code, extensions } = error as { code?: number; extensions?: { code: string } };
  return extensions?.code ?? code;
}
