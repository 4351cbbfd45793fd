/**
 * Goal    stock GraphQL clients are served unchanged (issue "the gateway at full speed"): what they subscribe to, how they
 *         are refused, how they move from page to page, and that they come back by themselves when a gateway stops.
 * Method  the packages themselves, each as its own documentation sets it up, with nothing set beyond the address and the
 *         viewer; real processes, two gateways behind a balancer.
 */
import { LiveClient, startSystem, until, type System } from '@headcount/testing';
import WebSocket from 'ws';
import { Balancer } from './balancer.js';
import { restCount } from './rest-count.js';
import { openApollo } from './stock-clients/apollo-client.js';
import { openGraphqlSse } from './stock-clients/graphql-sse-client.js';
import { openGraphqlWs } from './stock-clients/graphql-ws-client.js';
import type { OperationName } from './stock-clients/operations.js';
import { openRelay } from './stock-clients/relay-client.js';
import type { OpenStockClient, StockClient } from './stock-clients/stock-client.js';
import { openUrql } from './stock-clients/urql-client.js';

const CLIENTS: Readonly<Record<string, OpenStockClient>> = {
  'graphql-ws': openGraphqlWs,
  'Apollo Client': openApollo,
  urql: openUrql,
  Relay: openRelay,
  'graphql-sse': openGraphqlSse,
};
const OVER_SOCKETS = Object.entries(CLIENTS).filter(([name]) => name !== 'graphql-sse');

/** What a client has shown of an operation, and the codes it has failed with. */
interface Log {
  readonly data: unknown[];
  readonly failures: unknown[];
  readonly end: () => void;
}

const viewingOf = (log: Log) =>
  (log.data.at(-1) as { viewing?: { count: number; connections: number } } | undefined)?.viewing;

describe('stock clients', () => {
  let system: System;
  let balancer: Balancer;
  const opened: { close(): unknown }[] = [];
  beforeAll(async () => {
    // What a browser has anyway: Apollo's link looks at its constants.
    Object.assign(globalThis, { WebSocket });
    system = await startSystem({ counterApis: 2, gateways: 2, env: { DRAIN_MS: '500' } });
    balancer = await Balancer.before(system.gateways.map((_, place) => system.gatewayUrl(place)));
    await until(() => balancer.ready.every(Boolean), { what: 'both gateways to be ready' });
  }, 60_000);
  afterEach(async () => {
    await Promise.allSettled(opened.splice(0).map((one) => one.close()));
  });
  afterAll(async () => {
    await balancer.close();
    await system.stop();
  });

  const client = (open: OpenStockClient, viewerId: string, liveUrl = balancer.liveUrl) => {
    const made = open({ liveUrl, viewerId });
    opened.push(made);
    return made;
  };
  const subscribe = (
    made: StockClient,
    name: OperationName,
    variables: Record<string, unknown>,
  ): Log => {
    const [data, failures]: [unknown[], unknown[]] = [[], []];
    const told = {
      data: (one: unknown) => void data.push(one),
      failed: (code: unknown) => void failures.push(code),
    };
    return { data, failures, end: made.subscribe(name, variables, told) };
  };
  const other = (viewerId: string, gateway = 0): LiveClient => {
    const made = new LiveClient(system.liveUrl(gateway), { viewerId });
    opened.push(made);
    return made;
  };
  const like = async (pageId: string, times: number): Promise<void> => {
    const query = `mutation { incrementCounter(pageId: "${pageId}", name: "likes", by: ${times}) { count } }`;
    const answer = await fetch(`${system.apiUrl()}/graphql`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ query }),
    });
    expect(await answer.json()).not.toHaveProperty('errors');
  };
  const rest = (pageId: string, count: number, counterApi = 0) =>
    until(() => restCount(system, pageId, counterApi), {
      ...{ what: `REST to show ${count} on ${pageId}`, accept: (seen) => seen === count },
      timeoutMs: 10_000,
    });

  describe.each(Object.entries(CLIENTS))('%s', (name, open) => {
    const page = (what: string): string => `${name.replace(' ', '-')}/${what}`;

    it('is present while it is subscribed, and sees who comes and goes', async () => {
      const log = subscribe(client(open, 'ada'), 'Viewing', { pageId: page('present') });
      await until(() => viewingOf(log)?.count === 1, { what: 'ada to see herself' });
      const bob = other('bob', 1);
      bob.viewing(page('present'));
      await until(() => viewingOf(log)?.count === 2, { what: 'ada to see bob' });
      await bob.close();
      await until(() => viewingOf(log)?.count === 1, { what: 'ada to be alone' });
      expect(viewingOf(log)).toMatchObject({ count: 1, connections: 1 });
      log.end();
      await rest(page('present'), 0);
      expect(log.failures).toEqual([]);
    });

    it('is shown what it has asked for by alias, fragment and directive', async () => {
      const ada = client(open, 'ada');
      const asked = { pageId: page('liked'), name: 'likes' };
      const short = subscribe(ada, 'Likes', { ...asked, withTime: false });
      const long = subscribe(ada, 'Likes', { ...asked, withTime: true, every: 50 });
      const totalOf = (log: Log) =>
        (log.data.at(-1) as { likes?: { total: number } } | undefined)?.likes?.total;
      await until(() => totalOf(short) === 0 && totalOf(long) === 0, { what: 'both to see zero' });
      await like(page('liked'), 3);
      await until(() => totalOf(short) === 3 && totalOf(long) === 3, { what: 'both to see three' });
      expect(short.data.at(-1)).toMatchObject({ likes: { pageId: page('liked'), total: 3 } });
      expect(short.data.at(-1)).not.toHaveProperty('likes.at');
      expect(long.data.at(-1)).toHaveProperty('likes.at', expect.stringMatching(/^20.+Z$/));
      await like(page('liked'), 1);
      await until(() => totalOf(short) === 4 && totalOf(long) === 4, { what: 'both to see four' });
      expect([...short.failures, ...long.failures]).toEqual([]);
    });

    it('is on several pages at once, and moves between them without a gap or a double count', async () => {
      // Who was there before has to be gone, or the site would change by that.
      await rest('@site', 0);
      // One gateway, as behind a balancer that goes by the viewer: each stream is a connection of its own.
      const ada = client(open, 'ada', system.liveUrl());
      const [first, second] = ['first', 'second'].map((what) =>
        subscribe(ada, 'Viewing', { pageId: page(what) }),
      ) as [Log, Log];
      await until(() => viewingOf(first)?.count === 1 && viewingOf(second)?.count === 1);
      const site = other('watcher', 1).counterChanged('@site');
      await until(() => site.last === 1, { what: 'one viewer on the site' });
      const third = subscribe(ada, 'Viewing', { pageId: page('third') });
      await until(() => viewingOf(third)?.count === 1, { what: 'ada to be on the third page' });
      first.end();
      second.end();
      await rest(page('first'), 0);
      await rest(page('second'), 0);
      await rest(page('third'), 1);
      expect(new Set(site.values.map(({ count }) => count))).toEqual(new Set([1]));
    });

    it('is told by its code why an operation is refused', async () => {
      const ada = client(open, 'ada');
      const bad = subscribe(ada, 'Viewing', { pageId: 'not a page' });
      await until(() => bad.failures.length > 0, { what: 'the refusal' });
      expect(bad.failures[0]).toBe('BAD_PAGE_ID');
      const good = subscribe(ada, 'Viewing', { pageId: page('after') });
      await until(() => viewingOf(good)?.count === 1, { what: 'the socket to be of use still' });
    });
  });

  it.each(OVER_SOCKETS)('%s is told by a close why its socket is refused', async (_, open) => {
    const bad = client(open, 'ada', `${balancer.liveUrl}?v=somebody-else`);
    const log = subscribe(bad, 'Viewing', { pageId: 'refused' });
    await until(() => log.failures.length > 0, { what: 'the refusal' });
    expect(String(log.failures[0])).toMatch(/4400/);
  });

  it('all come back by themselves when their gateway stops, and are counted once', async () => {
    const logs = Object.entries(CLIENTS).map(([name, open]) =>
      subscribe(client(open, name), 'Viewing', { pageId: 'drained' }),
    );
    const all = logs.length;
    const seenBy = (log: Log) => viewingOf(log)?.count === all;
    await until(() => logs.every(seenBy), { what: 'all to see each other' });
    for (const place of [0, 1]) {
      expect(balancer.open[place]).toBeGreaterThan(0);
      await system.gateways[place]?.end('SIGTERM');
      await until(() => logs.every(seenBy), {
        ...{ what: 'all to be counted on the other gateway', timeoutMs: 20_000 },
      });
      await rest('drained', all, 1 - place);
      await system.gateways[place]?.restart();
      await until(() => balancer.ready.every(Boolean), { what: 'the gateway to be ready again' });
    }
    expect(logs.flatMap(({ failures }) => failures)).toEqual([]);
    // Each has moved, and was shown a value that others were missing in.
    expect(logs.every(({ data }) => data.length > 2)).toBe(true);
  }, 90_000);
});
