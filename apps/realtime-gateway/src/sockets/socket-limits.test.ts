/**
 * Goal    whoever opens a connection and does not keep to the rules is told so and gone in a bounded time.
 * Method  the app as it is, with short times and low limits, over a fake counter-api; bare connections that hold on to
 *         what they have, and sockets of `ws`.
 */
import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';
import { type RunningApp } from '@headcount/platform';
import { until } from '@headcount/testing';
import type { FakeCounterApi } from '../testing/fake-counter-api.js';
import { frame } from '../testing/frames.js';
import { RawConnection, upgradeHead } from '../testing/raw-connection.js';
import { metricOf, startTestPair } from '../testing/test-gateway.js';

const OURS = 'https://www.example.org';

describe('the limits of sockets', () => {
  let fake: FakeCounterApi;
  let app: RunningApp;
  const connections: RawConnection[] = [];
  const sockets: WebSocket[] = [];
  const start = async (more: Record<string, string> = {}): Promise<void> => {
    ({ fake, app } = await startTestPair({ DRAIN_MS: '0', ...more }));
  };
  afterEach(async () => {
    for (const connection of connections.splice(0)) connection.destroy();
    for (const socket of sockets.splice(0)) socket.terminate();
    await app.close();
    await fake.stop();
  });

  const connection = (): RawConnection => {
    const made = new RawConnection(app.port);
    connections.push(made);
    return made;
  };
  /** An open socket. Who is there has been said on it where it is `known`. */
  const open = async (options: ClientOptions = {}, known = true): Promise<WebSocket> => {
    const url = `${app.url.replace('http', 'ws')}/graphql`;
    const socket = new WebSocket(url, 'graphql-transport-ws', options);
    sockets.push(socket);
    socket.on('error', () => undefined);
    await once(socket, 'open');
    if (!known) return socket;
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await once(socket, 'message');
    return socket;
  };
  const closeOf = async (socket: WebSocket): Promise<number> =>
    ((await once(socket, 'close')) as [number])[0];
  /** The connections that the server holds, those of this test alone: what asks meanwhile is gone at once. */
  const held = (): Promise<number> =>
    new Promise((resolve) => app.nest.getHttpServer().getConnections((_, count) => resolve(count)));

  describe('at the upgrade', () => {
    it.each([
      [OURS, 101],
      ['https://elsewhere.example', 403],
      ['null', 403],
    ])('pages of the origin %s are answered with %i', async (Origin, status) => {
      await start({ ORIGINS: OURS });
      const one = connection().say(upgradeHead('/graphql', { Origin }));
      expect(await one.status()).toBe(status);
      if (status !== 101) await one.end();
    });

    it.each([
      ['another path', '/other', {}, 404],
      ['no path', '//[', {}, 404],
      ['another subprotocol', '/graphql', { 'Sec-WebSocket-Protocol': 'graphql-ws' }, 400],
      ['another version', '/graphql', { 'Sec-WebSocket-Version': '12' }, 400],
      ['a key that is none', '/graphql', { 'Sec-WebSocket-Key': 'x' }, 400],
      ['another protocol', '/health/live', { Upgrade: 'h2c' }, 200],
      ['a socket of a page', '/health/live', {}, 200],
      ['a foreign host while AUTH is off', '/graphql', { Host: 'evil.example' }, 403],
      ['a proxy while AUTH is off', '/graphql', { 'X-Forwarded-For': '127.0.0.1' }, 403],
    ])(
      '%s is answered and closed, though the other side holds on',
      async (_, path, more, status) => {
        await start();
        const before = await held();
        const many = Array.from({ length: 20 }, () => connection().say(upgradeHead(path, more)));
        for (const one of many) {
          expect(await one.status()).toBe(status);
          await one.end();
        }
        await until(async () => (await held()) <= before, { what: 'no connection to be left' });
      },
    );

    it('nothing is compressed, though it is offered', async () => {
      await start();
      const socket = await open({ perMessageDeflate: true });
      expect(socket.extensions).toBe('');
    });
  });

  it.each([
    ['nothing at all', ''],
    ['half of its head', upgradeHead().slice(0, 100)],
  ])('a connection that sends %s is closed', async (_, said) => {
    await start({ HEADERS_TIMEOUT_MS: '100' });
    const one = connection();
    if (said !== '') one.say(said);
    await one.end();
  });

  it('a socket that does not say who is there is closed', async () => {
    await start({ INIT_TIMEOUT_MS: '50' });
    expect(await closeOf(await open({}, false))).toBe(4408);
  });

  it('a socket that does not answer its close is cut off', async () => {
    await start({ INIT_TIMEOUT_MS: '50' });
    const one = connection().say(upgradeHead());
    await one.end();
    // The code as it stands in the frame, without a mask.
    expect(one.text).toContain(String.fromCharCode(4408 >> 8, 4408 & 0xff));
    await until(async () => (await metricOf(app, 'gateway_sockets')) === 0);
  });

  it('a message beyond the largest closes its socket, in one frame or in many', async () => {
    await start({ MESSAGE_BYTES_MAX: '2048' });
    const atOnce = await open();
    atOnce.send(JSON.stringify({ type: 'ping', payload: { x: 'x'.repeat(1900) } }));
    expect(String((await once(atOnce, 'message'))[0])).toContain('pong');
    atOnce.send('x'.repeat(2049));
    expect(await closeOf(atOnce)).toBe(1009);
    const inPieces = await open();
    inPieces.send('x'.repeat(2000), { fin: false });
    inPieces.send('x'.repeat(2000), { fin: false });
    expect(await closeOf(inPieces)).toBe(1009);
  });

  it('a message in very many pieces closes its socket, however small they are', async () => {
    await start({ INIT_TIMEOUT_MS: '60000' });
    const one = connection().say(upgradeHead());
    const piece = (opcode: number): Buffer => frame('', { opcode, bits: 0 });
    one.say(Buffer.concat([piece(1), ...Array.from({ length: 1100 }, () => piece(0))]));
    await one.end();
    await until(async () => (await metricOf(app, 'gateway_sockets')) === 0);
  });

  it.each([
    [256, 'an answer'],
    [257, 4400],
  ])('an operation may have an id of at most 256 characters: %i', async (length, outcome) => {
    await start();
    const socket = await open();
    const query = '{ gateway { region } }';
    const answered = once(socket, 'message').then(() => 'an answer');
    const closed = closeOf(socket);
    socket.send(JSON.stringify({ id: 'x'.repeat(length), type: 'subscribe', payload: { query } }));
    expect(await Promise.race([answered, closed])).toBe(outcome);
  });

  it.each([
    ['messages', (socket: WebSocket) => socket.send('{"type":"ping"}')],
    ['pings', (socket: WebSocket) => socket.ping()],
    ['pongs', (socket: WebSocket) => socket.pong()],
    ['large messages', (socket: WebSocket) => socket.send(`{"type":"ping"}${' '.repeat(10_000)}`)],
  ])('a socket that sends too many %s is sent away, to come back later', async (_, send) => {
    await start({ MESSAGES_PER_SECOND_MAX: '3', OPERATIONS_PER_SOCKET_MAX: '10' });
    const socket = await open();
    const closed = closeOf(socket);
    for (let sent = 0; sent < 50; sent += 1) send(socket);
    expect(await closed).toBe(1013);
  });

  it.each([
    ['one counter each', 1, 'shown'],
    ['a hundred counters with all that they have', 100, 1013],
  ])('a burst of operations of %s counts for what they cost', async (_, size, outcome) => {
    await start();
    const socket = await open();
    const closed = closeOf(socket);
    const fields = 'pageId name count connections updatedAt staleRegions';
    const query = `subscription ($pageIds: [ID!]!) { countersChanged(pageIds: $pageIds) { ${fields} } }`;
    const pageIds = Array.from({ length: size }, (__, n) => `page-${n}`);
    const shown = new Set<string>();
    const all = new Promise((tell) => {
      socket.on('message', (data) => {
        shown.add((JSON.parse(String(data)) as { id: string }).id);
        if (shown.size === 60) tell('shown');
      });
    });
    for (let id = 0; id < 60; id += 1)
      socket.send(
        JSON.stringify({
          id: `${id}`,
          type: 'subscribe',
          payload: { query, variables: { pageIds } },
        }),
      );
    expect(await Promise.race([all, closed])).toBe(outcome);
  });

  it('sockets beyond the limit of all are sent away, to come back later', async () => {
    await start({ SOCKETS_MAX: '2' });
    const [first] = [await open(), await open()];
    expect(await closeOf(await open({}, false))).toBe(1013);
    first?.close();
    await until(async () => (await metricOf(app, 'gateway_sockets')) === 1);
    await open();
  });
});
