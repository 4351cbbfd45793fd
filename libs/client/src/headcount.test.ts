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
  const said: unknown[] = [];
  const fromConsole = (...words: unknown[]): void => void said.push(...words);
  beforeEach(async () => {
    said.length = 0;
    jest.spyOn(console, 'warn').mockImplementation(fromConsole);
    jest.spyOn(console, 'error').mockImplementation(fromConsole);
    gateway = await FakeGateway.start();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
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
      { payload: { viewerId: 'ada l', watch: true }, address: '/graphql?v=ada%20l' },
    ]);
  });

  it('makes up a viewer where nobody is named', async () => {
    const one = headcount();
    one.viewing('/', () => undefined);
    await until(() => gateway.inits.length === 1);
    expect(one.viewerId).toMatch(/^[0-9a-f]{32}$/);
    expect(gateway.inits[0]?.payload).toEqual({ viewerId: one.viewerId, watch: true });
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

  it.each([
    ["o'brien", '/graphql?v=o%27brien'],
    ['ann lee', '/graphql?v=ann%20lee'],
    ['a@b+c&d=e', '/graphql?v=a%40b%2Bc%26d%3De'],
    ['größe|x', '/graphql?v=gr%C3%B6%C3%9Fe%7Cx'],
  ])('spells %s in the address as encodeURIComponent and URL do', async (viewerId, address) => {
    headcount({ viewerId }).viewing('/', () => undefined);
    await until(() => gateway.inits.length === 1);
    expect(gateway.inits[0]?.address).toBe(address);
    expect(new URL(`${gateway.url}?v=${encodeURIComponent(viewerId)}`).search).toBe(
      address.slice(8),
    );
  });

  it('keeps what else the address says, and says once who is there', async () => {
    headcount({ url: `${gateway.url}?a=b&v=old#x`, viewerId: 'ada' }).viewing('/', () => undefined);
    await until(() => gateway.inits.length === 1);
    expect(gateway.inits[0]?.address).toBe('/graphql?a=b&v=ada');
  });

  it('puts whom a token names into the address, for a balancer to go by', async () => {
    const claims = Buffer.from(JSON.stringify({ sub: 'größe@x' })).toString('base64url');
    headcount({ token: () => `e30.${claims}.x` }).viewing('/', () => undefined);
    await until(() => gateway.inits.length === 1);
    expect(gateway.inits[0]?.address).toBe('/graphql?v=gr%C3%B6%C3%9Fe%40x');
  });

  it.each([null, undefined, ''])('asks to watch where the token is %p', async (token) => {
    headcount({ token: () => token, viewerId: 'ada' }).viewing('/', () => undefined);
    await until(() => gateway.inits.length === 1);
    expect(gateway.inits[0]?.payload).toEqual({ viewerId: 'ada', watch: true });
  });

  it('takes page ids of links, and addresses of http', async () => {
    const one = headcount({ url: gateway.url.replace('ws', 'http') });
    one.viewing('/caf%C3%A9', () => undefined);
    await until(() => gateway.subscribed.join() === 'viewing /café');
  });

  it.each(['', '  ', 'graphql', 'ftp://a/b', 'file:///graphql'])(
    'does without the address "%s", and says what to write',
    (url) => {
      expect(() => headcount({ url })).toThrow(/write it like wss:/);
    },
  );

  it('says on the console what nobody else is told, once', async () => {
    const one = headcount();
    for (let i = 0; i < 3; i += 1) one.viewing('refused', () => undefined);
    await until(() => said.length > 0);
    expect(said).toEqual([
      'headcount: viewing refused is refused: The page id is not valid. (BAD_PAGE_ID)',
    ]);
  });

  it('outlives callbacks that throw and reject, and reports each once', async () => {
    const unhandled: unknown[] = [];
    const onUnhandled = (cause: unknown): void => void unhandled.push(cause);
    process.on('unhandledRejection', onUnhandled);
    const one = headcount();
    const counts: number[] = [];
    const bad = new Error('bad');
    const worse = new Error('worse');
    one.viewing('/', () => {
      throw bad;
    });
    one.viewing('/', (async () => Promise.reject(worse)) as () => void);
    one.viewing('/', ({ count }) => counts.push(count));
    for (const count of [1, 2, 3]) {
      gateway.set('viewing /', count);
      await until(() => counts.at(-1) === count);
    }
    process.off('unhandledRejection', onUnhandled);
    expect(said).toEqual([bad, worse]);
    expect(unhandled).toEqual([]);
    expect(gateway.inits).toHaveLength(1);
  });

  it('goes on where a subscription ends and begins again within a turn, or in another Headcount', async () => {
    const named = { viewerId: 'ada' };
    const first = headcount(named);
    let stop = first.viewing('/', () => undefined);
    await until(() => gateway.subscribed.length === 1);
    for (let i = 0; i < 10; i += 1) {
      stop();
      stop = first.viewing('/', () => undefined);
    }
    first.dispose();
    const counts: number[] = [];
    const second = headcount(named);
    second.viewing('/', ({ count }) => counts.push(count));
    gateway.set('viewing /', 4);
    await until(() => counts.at(-1) === 4);
    expect(gateway.log).toEqual(['+ viewing /']);
    expect(gateway.inits).toHaveLength(1);
    second.dispose();
    await until(() => gateway.socketCount === 0);
  });

  it('tells who comes later how things stand', async () => {
    const one = headcount();
    const states: LiveState[] = [];
    one.viewing('/', () => undefined, { onState: (state) => states.push(state) });
    await until(() => states.at(-1) === 'live');
    const seen: unknown[] = [];
    const stop = one.viewing('/', ({ count }) => seen.push(count), {
      onState: (state) => seen.push(state),
    });
    expect(seen).toEqual([]);
    await until(() => seen.length === 2);
    expect(seen).toEqual([0, 'live']);
    stop();
    expect(gateway.log).toEqual(['+ viewing /']);
  });

  it('says where it cannot even try, and where it is refused for good it keeps trying, seldom', async () => {
    headcount({ webSocket: 7 }).viewing('/', () => undefined);
    await until(() => said.some((one) => String(one).includes('cannot be opened from here')));
    gateway.closesWith = 4401;
    const error = await new Promise((onError) =>
      headcount({ token: () => 'bad' }).viewing('/', () => undefined, { onError }),
    );
    expect(error).toEqual({
      message: 'UNAUTHENTICATED',
      code: 'UNAUTHENTICATED',
      isConnection: true,
    });
    expect(said.at(-1)).toMatch(/refuses the connection \(4401\), which is tried again/);
  });

  it('keeps its turns where each refusal has it subscribe again', async () => {
    const one = headcount();
    let refusals = 0;
    const again = (): void => {
      one.viewing(refusals % 2 ? 'refused' : `refused?${refusals}`, () => undefined, {
        onError: () => {
          refusals += 1;
          again();
        },
      });
    };
    one.viewing('/', () => undefined);
    again();
    await until(() => refusals > 5);
    expect(gateway.inits).toHaveLength(1);
  });
});
