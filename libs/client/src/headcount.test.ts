/**
 * The SDK as a program on Node uses it, against a server that speaks graphql-ws over real sockets.
 */
import { WebSocket } from 'ws';
import { until } from '@headcount/testing';
import { createHeadcount, type Headcount, type HeadcountOptions } from './headcount.js';
import type { LiveState } from './live-state.js';
import { FakeGateway } from './testing/fake-gateway.js';

describe('createHeadcount', () => {
  let gateway: FakeGateway;
  const made: Headcount[] = [];
  beforeEach(async () => {
    gateway = await FakeGateway.start();
  });
  afterEach(async () => {
    for (const headcount of made.splice(0)) headcount.dispose();
    await gateway.stop();
  });

  function headcount(more: Partial<HeadcountOptions> = {}): Headcount {
    const one = createHeadcount({ url: gateway.url, webSocket: WebSocket, ...more });
    made.push(one);
    return one;
  }

  it('tells the counts of a page while the viewer is present there', async () => {
    const counts: number[] = [];
    const stop = headcount().viewing('/', ({ count }) => counts.push(count));
    await until(() => gateway.subscribed.length === 1);
    gateway.set('viewing /', 2);
    gateway.set('viewing /', 3);
    await until(() => counts.at(-1) === 3);
    expect(counts).toEqual([0, 2, 3]);
    stop();
    await until(() => gateway.subscribed.length === 0);
  });

  it('shares one socket among its subscriptions, and closes it after the last', async () => {
    const one = headcount();
    const stops = [
      one.viewing('/', () => undefined),
      one.counterChanged('/', 'likes', () => undefined),
      one.counterChanged('/other', 'viewers', () => undefined),
    ];
    await until(() => gateway.subscribed.length === 3);
    expect(gateway.subscribed).toEqual([
      'counterChanged / likes',
      'counterChanged /other viewers',
      'viewing /',
    ]);
    expect(gateway.socketCount).toBe(1);
    for (const stop of stops) stop();
    await until(() => gateway.socketCount === 0);
  });

  it('says who is there, in the address and in connection_init', async () => {
    headcount({ viewerId: 'ada l' }).viewing('/', () => undefined);
    await until(() => gateway.inits.length === 1);
    expect(gateway.inits).toEqual([
      { payload: { viewerId: 'ada l' }, address: '/graphql?v=ada+l' },
    ]);
  });

  it('makes up a viewer where nobody is named', async () => {
    const one = headcount();
    one.viewing('/', () => undefined);
    await until(() => gateway.inits.length === 1);
    expect(one.viewerId).toMatch(/^[0-9a-f]{32}$/);
    expect(gateway.inits[0]?.payload).toEqual({ viewerId: one.viewerId });
  });

  it('leaves it to a token to say who is there, a new one with every connection', async () => {
    let tokens = 0;
    const one = headcount({ token: () => `token ${(tokens += 1)}` });
    one.viewing('/', () => undefined);
    await until(() => gateway.subscribed.length === 1);
    gateway.closeSockets(1012);
    await until(() => gateway.inits.length === 2);
    expect(gateway.inits.map(({ payload }) => payload)).toEqual([
      { token: 'token 1' },
      { token: 'token 2' },
    ]);
    expect(one.viewerId).toBeUndefined();
  });

  it.each([1001, 1012, 1013, 4008])(
    'comes back after a close with %d, and tells of it',
    async (code) => {
      const states: LiveState[] = [];
      const counts: number[] = [];
      headcount().viewing('/', ({ count }) => counts.push(count), {
        onState: (state) => states.push(state),
      });
      await until(() => states.at(-1) === 'live');
      gateway.closeSockets(code);
      gateway.set('viewing /', 5);
      await until(() => counts.at(-1) === 5);
      expect(states).toEqual(['live', 'connecting', 'live']);
    },
  );

  it('goes on trying while nobody answers, and is offline until somebody does', async () => {
    const states: LiveState[] = [];
    headcount().viewing('/', () => undefined, { onState: (state) => states.push(state) });
    await until(() => states.at(-1) === 'live');
    const { port } = gateway;
    await gateway.stop();
    await until(() => states.at(-1) === 'offline', { what: 'an attempt to fail' });
    gateway = await FakeGateway.start(port);
    await until(() => states.at(-1) === 'live', { what: 'an attempt to succeed' });
    expect(states).toEqual(['live', 'connecting', 'offline', 'live']);
  });

  it('tells of a refusal, which leaves the other subscriptions alone', async () => {
    const one = headcount();
    const counts: number[] = [];
    one.viewing('/', ({ count }) => counts.push(count));
    const error = await new Promise((onError) =>
      one.viewing('refused', () => undefined, { onError }),
    );
    expect(error).toEqual({ message: 'The page id is not valid.', code: 'BAD_PAGE_ID' });
    gateway.set('viewing /', 1);
    await until(() => counts.at(-1) === 1);
  });

  it('ends everything when it is disposed of', async () => {
    const one = headcount();
    one.viewing('/', () => undefined);
    await until(() => gateway.subscribed.length === 1);
    one.dispose();
    await until(() => gateway.socketCount === 0);
  });
});
