/**
 * Goal    each client is held to the limits of its own address, over sockets and streams, whatever proxy it comes through and
 *         whatever it says of itself.
 * Method  the app as it is with a low cap, over a fake counter-api; connections that say who they come from.
 */
import type { RunningApp } from '@headcount/platform';
import { until } from '@headcount/testing';
import type { FakeCounterApi } from './testing/fake-counter-api.js';
import { OPCODE, frame } from './testing/frames.js';
import { RawConnection, upgradeHead } from './testing/raw-connection.js';
import { metricOf, startTestPair } from './testing/test-gateway.js';

/** The first byte of a pong. */
const PONG = '\x8a';

describe('the limits of an address', () => {
  let fake: FakeCounterApi;
  let app: RunningApp;
  const connections: RawConnection[] = [];
  const aborts: AbortController[] = [];
  const start = async (more: Record<string, string>): Promise<void> => {
    ({ fake, app } = await startTestPair({
      ...{ AUTH: 'jwt', AUTH_JWT_SECRET: 'x'.repeat(32), DRAIN_MS: '0', INIT_TIMEOUT_MS: '60000' },
      ...{ SOCKETS_PER_ADDRESS_MAX: '2', ...more },
    }));
  };
  afterEach(async () => {
    for (const abort of aborts.splice(0)) abort.abort();
    for (const one of connections.splice(0)) one.destroy();
    await app.close();
    await fake.stop();
  });

  /** Asks for a socket, after what a proxy may say first, and whether it was let in rather than sent away. */
  const openFrom = async (headers: Record<string, string>, before = ''): Promise<boolean> => {
    const one = new RawConnection(app.port);
    connections.push(one);
    one.say(before + upgradeHead('/graphql', headers));
    expect(await one.status()).toBe(101);
    // A ping is answered where the socket was let in; else a close frame has come first.
    one.say(frame('', { opcode: OPCODE.ping }));
    const first = await until(() => /\r\n\r\n([^])/.exec(one.text), { what: 'a frame' });
    return first?.[1] === PONG;
  };
  const streamFrom = async (headers: Record<string, string>): Promise<number> => {
    const abort = new AbortController();
    aborts.push(abort);
    const { signal } = abort;
    const url = `${app.url}/pages/home/stream`;
    return (await fetch(url, { signal, headers: { accept: 'text/event-stream', ...headers } }))
      .status;
  };
  const from = (address: string): Record<string, string> => ({ 'x-forwarded-for': address });

  it('do not heed X-Forwarded-For and Forwarded of those whom nobody trusts', async () => {
    await start({});
    expect(await openFrom(from('198.51.100.1'))).toBe(true);
    expect(await openFrom({ forwarded: 'for=198.51.100.2' })).toBe(true);
    expect(await openFrom(from('198.51.100.3'))).toBe(false);
    expect(await streamFrom(from('198.51.100.1'))).toBe(200);
    expect(await streamFrom({ forwarded: 'for=198.51.100.2' })).toBe(200);
    expect(await streamFrom(from('198.51.100.3'))).toBe(429);
    expect(await metricOf(app, 'crowded_addresses_total')).toBe(2);
  });

  it('are those of each client behind a trusted proxy', async () => {
    await start({ TRUSTED_PROXIES: '127.0.0.1' });
    for (const address of ['198.51.100.1', '198.51.100.2']) {
      // What the client wrote stands left of what the proxy appends, and changes from one time to the next.
      expect(await openFrom(from(`1.1.1.1, ${address}`))).toBe(true);
      expect(await openFrom(from(`2.2.2.2, ${address}`))).toBe(true);
      expect(await openFrom(from(`3.3.3.3, ${address}`))).toBe(false);
    }
    expect(await streamFrom({ forwarded: 'for=198.51.100.1' })).toBe(200);
    expect(await streamFrom({ forwarded: 'for=9.9.9.9, for="198.51.100.1:47"' })).toBe(200);
    expect(await streamFrom(from('198.51.100.1'))).toBe(429);
    expect(await streamFrom(from('198.51.100.2'))).toBe(200);
  });

  it('are shared by twenty addresses of one /64', async () => {
    await start({ TRUSTED_PROXIES: '127.0.0.1' });
    const outcomes: unknown[] = [];
    for (let host = 1; host <= 20; host += 1)
      outcomes.push(await streamFrom(from(`2001:db8::${host}`)));
    expect(outcomes).toEqual([200, 200, ...Array<number>(18).fill(429)]);
    expect(await streamFrom(from('2001:db8:0:1::1'))).toBe(200);
  });

  it('are those of the client that a PROXY header names', async () => {
    await start({ TRUSTED_PROXIES: '127.0.0.1', PROXY_PROTOCOL: 'on' });
    const opens = (source: string): Promise<boolean> =>
      openFrom(from('9.9.9.9'), `PROXY TCP4 ${source} 203.0.113.9 1234 443\r\n`);
    for (const source of ['198.51.100.1', '198.51.100.2'])
      expect([await opens(source), await opens(source), await opens(source)]).toEqual([
        true,
        true,
        false,
      ]);
  });
});
