/**
 * Goal    a page with a list of 250 live counters is served as it comes: all of them live, whoever is present steady, whichever
 *         is asked for last; what is too much is refused one by one, with a sentence, and never silent.
 * Method  the app as it is with its default settings over a fake counter-api, stock clients.
 */
import type { Client } from 'graphql-ws';
import type { RunningApp } from '@headcount/platform';
import { until } from '@headcount/testing';
import type { FakeCounterApi } from '../testing/fake-counter-api.js';
import { testClient, viewing, watching, type Seen } from '../testing/test-client.js';
import { startTestPair } from '../testing/test-gateway.js';

describe('many operations of one socket', () => {
  let fake: FakeCounterApi;
  let app: RunningApp;
  const clients: Client[] = [];
  let closes: number[] = [];
  beforeAll(async () => {
    ({ fake, app } = await startTestPair({ DRAIN_MS: '0' }));
  });
  afterEach(async () => {
    await Promise.allSettled(clients.splice(0).map((made) => made.dispose()));
  });
  afterAll(async () => {
    await app.close();
    await fake.stop();
  });

  const client = (viewerId: string): Client => {
    const made = testClient(app.url, { viewerId });
    const mine: number[] = (closes = []);
    made.on('closed', (event) => mine.push((event as { readonly code: number }).code));
    clients.push(made);
    return made;
  };
  const places = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
  const areLive = (seen: readonly Seen[]) => seen.every((one) => one.last() !== undefined);

  it.each([
    ['in one turn', 250, (made: Client, at: number) => watching(made, `list-${at}`, 'likes')],
    ['with the page in the text of each', 250, inline],
    ['as many as one socket may', 999, (made: Client, at: number) => watching(made, `all-${at}`)],
  ])('are all live %s, presence last', async (_, count, begin) => {
    const made = client('ada');
    const lists = places(count).map((at) => begin(made, at));
    const present = viewing(made, 'home');
    await until(() => areLive([...lists, present]), { timeoutMs: 20_000 });
    expect(fake.store.presenceOn('home')).toEqual({ viewers: 1, connections: 1 });
    expect([closes, lists.flatMap(({ errors }) => errors), present.errors]).toEqual([[], [], []]);
    // More than a page of 250 is more than a socket may send at once: then it is closed with 1013, and the client comes back.
    if (count > 250) return;
    // A list that is drawn again ends all of it, and begins it, in one turn.
    lists.forEach((one) => one.end());
    const again = places(count).map((at) => begin(made, at));
    await until(() => areLive(again), { timeoutMs: 20_000 });
    expect([closes, again.flatMap(({ errors }) => errors)]).toEqual([[], []]);
    expect(fake.store.presenceOn('home')).toEqual({ viewers: 1, connections: 1 });
  });

  it('beyond the limit are refused one by one, with a sentence, and the others go on', async () => {
    const made = client('bob');
    const lists = places(1100).map((at) => watching(made, `more-${at}`));
    await until(() => lists.every(({ counts, errors }) => counts.length + errors.length > 0), {
      timeoutMs: 20_000,
    });
    const refused = lists.filter(({ errors }) => errors.length > 0);
    expect(refused).toEqual(lists.slice(1000));
    expect(JSON.stringify(refused[0]?.errors)).toContain('One socket may have 1000 operations');
    expect(closes).toEqual([]);
  });
});

/** Watches as those do who write the page into the text of the operation. */
function inline(made: Client, at: number): Seen {
  const seen: Seen = {
    counts: [],
    connections: [],
    errors: [],
    last: () => seen.counts.at(-1),
    end,
  };
  const stop = made.subscribe<{ counterChanged: { count: number } }>(
    { query: `subscription { counterChanged(pageId: "inline-${at}") { count } }` },
    {
      next: ({ data }) => void (data && seen.counts.push(data.counterChanged.count)),
      error: (cause) => seen.errors.push(cause),
      complete: () => undefined,
    },
  );
  function end(): void {
    stop();
  }
  return seen;
}
