/**
 * Goal    a gateway that stops sends everybody away in turn, tells balancers at once, and counter-api when all are gone.
 * Method  the app as it is over a fake counter-api; bare sockets and streams that are present on a page.
 */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { RunningApp } from '@headcount/platform';
import { PATHS } from '@headcount/protocol';
import { until } from '@headcount/testing';
import { EventReader } from '../sse/testing/event-reader.js';
import type { FakeCounterApi } from '../testing/fake-counter-api.js';
import { startTestPair } from '../testing/test-gateway.js';

const SOCKETS = 60;
const STREAMS = 40;

describe('a stop', () => {
  let fake: FakeCounterApi;
  let app: RunningApp;
  const closes: number[] = [];
  let readers: EventReader[] = [];
  beforeAll(async () => {
    ({ fake, app } = await startTestPair({ DRAIN_MS: '2000' }));
    await Promise.all(Array.from({ length: SOCKETS }, (_, at) => view(`viewer ${at}`)));
    readers = Array.from(
      { length: STREAMS },
      (_, at) => new EventReader(`${app.url}/pages/home/stream?viewing=1&v=reader${at}`, {}),
    );
    await until(() => fake.store.presenceOn('home').viewers === SOCKETS + STREAMS);
  });
  afterAll(() => fake.stop());

  const open = (): WebSocket => {
    const socket = new WebSocket(
      `${app.url.replace('http', 'ws')}/graphql`,
      'graphql-transport-ws',
    );
    socket.on('error', () => undefined);
    return socket;
  };
  async function view(viewerId: string): Promise<void> {
    const socket = open();
    socket.on('close', (code) => closes.push(code));
    await once(socket, 'open');
    const query = 'subscription { viewing(pageId: "home") { count } }';
    socket.send(JSON.stringify({ type: 'connection_init', payload: { viewerId } }));
    await once(socket, 'message');
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
  }

  it('is told at once to whoever asks whether this gateway is ready, while the others are still there', async () => {
    const stopped = app.close();
    // In the same turn, so that nobody can have gone.
    expect(closes).toEqual([]);
    const [asked, late] = [fetch(`${app.url}/health/ready`), once(open(), 'close')];
    const ready = await asked;
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'error' }]);
    expect(((await late) as [number])[0]).toBe(1012);
    await stopped;
  });

  it('sends every socket away with a code after which clients come back, and ends every stream', () => {
    expect(closes).toEqual(Array(SOCKETS).fill(1012));
    expect(readers.map(({ ended }) => ended)).toEqual(Array(STREAMS).fill('complete'));
  });

  it('says goodbye last, when everybody has been counted out', () => {
    expect(fake.store.presenceOn('home')).toEqual({ viewers: 0, connections: 0 });
    expect(fake.requests.at(-1)?.path).toBe(PATHS.goodbye);
    const goodbyes = fake.requests.filter(({ path }) => path === PATHS.goodbye);
    expect(goodbyes).toHaveLength(1);
  });

  it('lets nobody in afterwards', async () => {
    await expect(fetch(`${app.url}/health/live`)).rejects.toThrow();
  });
});
