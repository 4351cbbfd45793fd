/** One stream over a real connection: its heartbeat, and what becomes of a reader that is stuck. */
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as endOfTurn } from 'node:timers/promises';
import { until } from '@headcount/testing';
import { EventStream } from './event-stream.js';
import { EventReader } from './testing/event-reader.js';

const LARGE = `data: ${JSON.stringify({ count: 'x'.repeat(1_000_000) })}\n\n`;

describe('EventStream', () => {
  let server: Server;
  let reader: EventReader;
  let stuck = 0;
  beforeEach(async () => {
    stuck = 0;
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    reader.vanish();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function open(
    stuckMs: number,
    beatMs = 60_000,
  ): Promise<{ stream: EventStream; response: ServerResponse }> {
    reader = new EventReader(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {});
    const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
    const stream = new EventStream(response, {
      ...{ socketId: -1, stuckMs, beatMs },
      stuck: () => (stuck += 1),
    });
    stream.begin({ 'content-type': 'text/event-stream' });
    await until(() => reader.status === 200, { what: 'the head of the answer' });
    return { stream, response };
  }

  /** Writes until the reader has no room. */
  function fill(stream: EventStream, response: ServerResponse): number {
    let written = 0;
    while (!response.writableNeedDrain || written < 20) {
      stream.send(LARGE);
      written += 1;
    }
    return written;
  }

  it('beats until it closes', async () => {
    const { stream } = await open(1000, 10);
    await until(() => reader.comments.length >= 3);
    reader.vanish();
    await until(() => stream.over);
  });

  it('is ended when its reader takes nothing in for too long', async () => {
    const { stream, response } = await open(100);
    reader.pause();
    fill(stream, response);
    const ready = stream.ready();
    await until(() => stream.over, { what: 'the stuck reader to be given up' });
    expect([stuck, await ready, response.destroyed]).toEqual([1, false, true]);
    reader.resume();
    await until(() => reader.ended === 'broken');
  });

  it('waits for a slow reader, and puts no comments before what it has to take in', async () => {
    const { stream, response } = await open(60_000);
    reader.pause();
    const written = fill(stream, response);
    let ready = false;
    const waiting = stream.ready().then((value) => (ready = value));
    const held = response.writableLength;
    stream.send(':\n\n');
    await endOfTurn();
    await endOfTurn();
    expect([ready, response.writableLength]).toEqual([false, held]);
    reader.resume();
    await waiting;
    expect([ready, stuck]).toEqual([true, 0]);
    await until(() => reader.events.length === written);
  });

  it('sends what has been written before its end, and nothing after', async () => {
    const { stream } = await open(1000);
    stream.send('data: {"count":1}\n\n');
    stream.end();
    stream.send('data: {"count":2}\n\n');
    await until(() => reader.ended === 'complete');
    expect([reader.counts, await stream.ready()]).toEqual([[1], false]);
  });

  it('breaks off where it is ended before its head', async () => {
    reader = new EventReader(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {});
    const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
    const stream = new EventStream(response, {
      ...{ socketId: -1, stuckMs: 1000, beatMs: 60_000 },
      stuck: () => undefined,
    });
    stream.end();
    stream.begin({});
    await until(() => reader.ended === 'broken');
    expect(reader.status).toBeNull();
  });

  it('tells at once who asks to be told of its close after it', async () => {
    const { stream } = await open(1000);
    reader.vanish();
    await until(() => stream.over);
    let told = false;
    stream.onClose(() => (told = true));
    expect(told).toBe(true);
  });
});
