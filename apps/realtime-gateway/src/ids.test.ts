/**
 * Goal    an id that IRIs take is the same one on a socket, on a stream, in an address and in a header, and what is refused is named by all.
 * Method  the app as it is behind a fake counter-api; stock clients and a reader on a bare connection.
 */
import { until } from '@headcount/testing';
import type { Client } from 'graphql-ws';
import { StreamBench } from './sse/testing/stream-bench.js';
import { testClient, viewing, watching } from './testing/test-client.js';

describe('an id', () => {
  let bench: StreamBench;
  const clients: Client[] = [];
  beforeEach(async () => {
    bench = await StreamBench.start();
  });
  afterEach(async () => {
    await Promise.allSettled(clients.splice(0).map((client) => client.dispose()));
    await bench.stop();
  });
  const socket = (viewerId?: string, query = ''): Client => {
    const client = testClient(bench.app.url, viewerId === undefined ? {} : { viewerId }, query);
    clients.push(client);
    return client;
  };

  it.each(["o'brien", 'ann lee', 'a@b', 'ann+lee', '50%', 'zoë', '👩\u200d🚀', 'می\u200cخواهم'])(
    'of a viewer such as %s is one viewer, however it is spelled',
    async (viewer) => {
      const page = 'レッド・ツェッペリン/می\u200cخواهم';
      const path = `/pages/${encodeURIComponent(page)}/stream?viewing=1`;
      const everyByte = [...Buffer.from(viewer)]
        .map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
        .join('');
      const form = String(new URLSearchParams({ v: viewer }));
      const seen = viewing(socket(viewer), page);
      viewing(socket(undefined, `?${form}`), page);
      viewing(socket(undefined, `?v=${everyByte}`), page);
      bench.read(`${path}&${form}`);
      bench.read(`${path}&v=${everyByte}`);
      bench.read(`${path}&v=${encodeURIComponent(viewer)}`);
      bench.read(path, { 'x-headcount-user': Buffer.from(viewer).toString('latin1') });
      await until(() => seen.connections.at(-1) === 7);
      expect(seen.last()).toBe(1);
      expect(bench.present(page)).toEqual({ viewers: 1, connections: 7 });
    },
  );

  it('of a page is refused for what is wrong with it, on a socket and on a stream', async () => {
    const page = 'a\u200bb';
    const reason = 'U+200B, an invisible character, which is at position 1 ';
    const { errors } = watching(socket(), page);
    await until(() => errors.length > 0);
    expect(JSON.stringify(errors)).toContain(reason);
    const answer = await fetch(`${bench.app.url}/pages/${encodeURIComponent(page)}/stream`);
    expect(await answer.json()).toMatchObject({
      ...{ code: 'BAD_PAGE_ID', detail: expect.stringContaining(reason) },
    });
    const shown = bench.watching(bench.client(), page);
    await until(() => shown.errors.length > 0);
    expect(JSON.stringify(shown.errors)).toContain(reason);
  });
});
