/**
 * Goal    the three apps are subgraphs: they compose into one supergraph, and a router gets from one to another by keys.
 * Method  the subgraphs of real processes, composed as a router's operator would; then what a router asks, by hand.
 */
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import type { System } from '@headcount/testing';
import { startWholeSystem } from './whole-system.js';

const URLS = {
  'counter-api': 'apiUrl',
  gateway: 'gatewayUrl',
  notification: 'notificationUrl',
} as const;

/** What a site's own subgraph may say, to hang what is counted on what it has. */
const ARTICLES = `
extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
type Query { articles: [Article!]! }
type Article { title: String! page: Page! }
type Page @key(fields: "pageId", resolvable: false) { pageId: ID! }`;

interface Answer {
  readonly data?: {
    readonly _entities: readonly unknown[];
    readonly _service: { readonly sdl: string };
  };
  readonly errors?: readonly {
    readonly path?: readonly unknown[];
    readonly extensions: { readonly code: string };
  }[];
}

describe('federation', () => {
  let system: System;
  beforeAll(async () => {
    system = await startWholeSystem();
  }, 60_000);
  afterAll(() => system.stop());

  async function ask(app: keyof typeof URLS, query: string, variables = {}): Promise<Answer> {
    const response = await fetch(`${system[URLS[app]]()}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-headcount-user': 'ann' },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer;
  }

  const ENTITIES = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
    ... on Page { pageId %s } %s } }`;
  const entities = (
    app: keyof typeof URLS,
    ofPage: string,
    more: string,
    representations: unknown[],
  ) => ask(app, ENTITIES.replace('%s', ofPage).replace('%s', more), { representations });

  it('composes with all three, and with the subgraph of a site', async () => {
    const services = await Promise.all(
      Object.keys(URLS).map(async (name) => {
        const { data } = await ask(name as keyof typeof URLS, '{ _service { sdl } }');
        return { name, url: `http://${name}/graphql`, typeDefs: parse(data?._service.sdl ?? '') };
      }),
    );
    const site = { name: 'site', url: 'http://site/graphql', typeDefs: parse(ARTICLES) };
    for (const subgraphs of [services, [...services, site]]) {
      const { errors, schema } = composeServices(subgraphs);
      expect(errors?.map(({ message }) => message)).toBeUndefined();
      expect(Object.keys(schema?.toAPISchema().type('Page')?.toString() ?? {})).not.toEqual([]);
    }
  });

  it('finds counters and pages by their keys, in the order asked', async () => {
    const change = 'mutation { incrementCounter(pageId: "a", name: "likes", by: 7) { count } }';
    await ask('counter-api', change);
    const fields = '... on Counter { pageId name count }';
    const asked = [
      { __typename: 'Counter', pageId: 'a', name: 'likes' },
      { __typename: 'Page', pageId: 'a' },
      { __typename: 'Counter', pageId: 'b', name: 'likes' },
    ];
    expect(
      await entities('counter-api', 'counter(name: "likes") { count }', fields, asked),
    ).toEqual({
      data: {
        _entities: [
          { pageId: 'a', name: 'likes', count: 7 },
          { pageId: 'a', counter: { count: 7 } },
          { pageId: 'b', name: 'likes', count: 0 },
        ],
      },
    });
    await ask(
      'notification',
      'mutation { modifyPage(input: { pageId: "a", eventId: "1", title: "T" }) { counted } }',
    );
    const ofPage = 'modifications history { edges { node { title } } }';
    expect(
      await entities('notification', ofPage, '', [{ __typename: 'Page', pageId: 'a' }]),
    ).toEqual({
      data: {
        _entities: [
          { pageId: 'a', modifications: 1, history: { edges: [{ node: { title: 'T' } }] } },
        ],
      },
    });
  });

  it('answers what is wrong with one entity in its place, and refuses too many', async () => {
    const asked = [
      { __typename: 'Page', pageId: 'a b' },
      { __typename: 'Page', pageId: 'a' },
      { __typename: 'Other' },
      7,
    ];
    const { data, errors = [] } = await entities('counter-api', '', '', asked);
    expect(data?._entities).toEqual([null, { pageId: 'a' }, null, null]);
    expect(errors.map(({ path, extensions }) => [path, extensions.code])).toEqual([
      [['_entities', 0], 'BAD_PAGE_ID'],
      [['_entities', 2], 'BAD_REQUEST'],
      [['_entities', 3], 'BAD_REQUEST'],
    ]);
    const many = Array.from({ length: 1001 }, () => ({ __typename: 'Page', pageId: 'a' }));
    expect((await entities('counter-api', '', '', many)).errors?.[0]?.extensions.code).toBe(
      'BAD_REQUEST',
    );
    // What is asked of each is counted before anything is read.
    const costly = await entities(
      'counter-api',
      'a: counter { count } b: counter { count } c: counter { count } d: counter { count } e: counter { count } f: counter { count } g: counter { count } h: counter { count }',
      '',
      many,
    );
    expect(costly.errors?.[0]?.extensions.code).toBe('TOO_COMPLEX');
  });
});
