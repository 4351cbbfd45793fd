/**
 * Goal    counter-api tells what windowed counters have gained, by GraphQL and REST alike, and refuses what it cannot tell.
 * Method  the app as it is with a private Redis; requests over HTTP. The windows are longer than the test.
 */
import type { RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, type RedisServer, startRedis } from '@headcount/testing';
import { startCounterApi } from '../start.js';

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

describe('windows of counter-api', () => {
  let redis: RedisServer;
  let app: RunningApp;
  beforeAll(async () => {
    redis = await startRedis();
    app = await startCounterApi({
      ...{ COUNTER_API_PORT: '0', REDIS_URL: redis.url, LOG_LEVEL: 'fatal' },
      SIGNING_KEYS: TEST_SIGNING_KEYS,
      WINDOWED_COUNTERS: 'events, events.*',
    });
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  const graphql = async (query: string): Promise<Answer> => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as Answer;
  };
  const raise = async (pageId: string, by: number, name: string): Promise<void> => {
    const change = `pageId: "${pageId}", by: ${by}, name: "${name}"`;
    const answer = await graphql(`mutation { incrementCounter(${change}) { count } }`);
    expect(answer.errors).toBeUndefined();
  };
  const get = (path: string) => fetch(`${app.url}${path}`);

  it('show what came, how fast, and slot by slot', async () => {
    await raise('host/a', 5, 'events');
    await raise('host/a', 2, 'events.errors');
    await raise('host/a', 1, 'likes');
    const shown = await graphql(`
      {
        hour: counterWindow(pageId: "host/a", name: "events", windowSeconds: 3600) {
          sum
          perSecond
          from
          to
        }
        month: counterWindow(pageId: "host/a", name: "events.errors", windowSeconds: 2592000) {
          sum
        }
        none: counterWindow(pageId: "host/b", name: "events", windowSeconds: 60) {
          sum
          perSecond
        }
      }
    `);
    const hour = shown.data?.['hour'] as Record<'from' | 'to', string> &
      Record<'sum' | 'perSecond', number>;
    expect(hour.sum).toBe(5);
    const seconds = (Date.parse(hour.to) - Date.parse(hour.from)) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(3600);
    expect(seconds).toBeLessThanOrEqual(3610);
    expect(hour.perSecond).toBeCloseTo(5 / seconds, 5);
    expect(shown.data).toMatchObject({ month: { sum: 2 }, none: { sum: 0, perSecond: 0 } });
    const series = await graphql(
      '{ counterSeries(pageId: "host/a", name: "events", per: HOUR, last: 3) { startsAt count } }',
    );
    const slots = series.data?.['counterSeries'] as { startsAt: string; count: number }[];
    expect(slots.map(({ startsAt }) => startsAt.slice(14))).toEqual(['00:00Z', '00:00Z', '00:00Z']);
    // The hour may have ended meanwhile.
    expect(slots.reduce((sum, { count }) => sum + count, 0)).toBe(5);
  });

  it('are the same over REST', async () => {
    await raise('host/c', 7, 'events');
    const window = await get('/host%2Fc/counters/events/window?seconds=600');
    expect(window.headers.get('cache-control')).toBe('no-store');
    expect(await window.json()).toMatchObject({ sum: 7 });
    const series = (await (await get('/host%2Fc/counters/events/series')).json()) as {
      slots: { starts_at: string; count: number }[];
    };
    expect(series.slots).toHaveLength(60);
    expect(series.slots.reduce((sum, { count }) => sum + count, 0)).toBe(7);
    const days = await get('/host%2Fc/counters/events/series?per=hour&last=500');
    expect(((await days.json()) as { slots: unknown[] }).slots).toHaveLength(500);
    const ten = await get('/host%2Fc/counters/events/series?per=ten-seconds&last=360');
    expect(((await ten.json()) as { slots: unknown[] }).slots).toHaveLength(360);
  });

  it.each([
    [
      '/p/counters/events/window',
      'counterWindow(pageId: "p", name: "events", windowSeconds: 0) { sum }',
    ],
    [
      '/p/counters/events/window?seconds=2592001',
      'counterWindow(pageId: "p", name: "events", windowSeconds: 2592001) { sum }',
    ],
    [
      '/p/counters/events/window?seconds=1.5',
      'counterWindow(pageId: "p", name: "events", windowSeconds: -1) { sum }',
    ],
    [
      '/p/counters/likes/window?seconds=60',
      'counterWindow(pageId: "p", name: "likes", windowSeconds: 60) { sum }',
    ],
    [
      '/p/counters/likes/series',
      'counterSeries(pageId: "p", name: "likes", per: MINUTE) { count }',
    ],
    [
      '/p/counters/events/series?per=day',
      'counterSeries(pageId: "p", name: "events", per: HOUR, last: 0) { count }',
    ],
    [
      '/p/counters/events/series?per=ten-seconds&last=361',
      'counterSeries(pageId: "p", name: "events", per: TEN_SECONDS, last: 361) { count }',
    ],
    [
      '/p/counters/events/series?last=501',
      'counterSeries(pageId: "p", name: "events", per: MINUTE, last: 501) { count }',
    ],
  ])('refuse %s and %s', async (path, query) => {
    const response = await get(path);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'BAD_REQUEST' });
    expect((await graphql(`{ ${query} }`)).errors?.[0]?.extensions.code).toBe('BAD_REQUEST');
  });

  it('refuse other methods, media types and names', async () => {
    const put = await fetch(`${app.url}/p/counters/events/window`, { method: 'PUT', body: '{}' });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const image = await fetch(`${app.url}/p/counters/events/series`, {
      headers: { accept: 'image/png' },
    });
    expect(image.status).toBe(406);
    // The names that slots have in Redis are no names of counters.
    const slot = await get('/p/counters/events@h472222/window?seconds=60');
    expect([slot.status, await slot.json()]).toMatchObject([400, { code: 'BAD_COUNTER_NAME' }]);
  });
});
