/** Which pages browsers let read streams, told from outside; browsers say so by their headers. */
import { until } from '@headcount/testing';
import { StreamBench } from './testing/stream-bench.js';

const OURS = 'https://www.example.org';
const FOREIGN = 'https://elsewhere.example';

describe.each(['/pages/home/stream', '/graphql/stream'])(
  'the origin of a request for %s',
  (path) => {
    let bench: StreamBench;
    const start = async (more: Record<string, string> = {}): Promise<StreamBench> =>
      (bench = await StreamBench.start(more));
    afterEach(() => bench.stop());

    /** The status of the answer, and whom it lets read it. */
    const ask = async (headers: Record<string, string>): Promise<[number | null, unknown]> => {
      const query = encodeURIComponent('subscription { viewing(pageId: "home") { count } }');
      const asked = path === '/graphql/stream' ? `?query=${query}` : '';
      const reader = bench.read(path + asked, headers);
      await until(() => reader.status !== null);
      reader.vanish();
      return [reader.status, reader.headers['access-control-allow-origin'] ?? null];
    };
    const preflight = (origin: string, more: Record<string, string> = {}): Promise<Response> =>
      fetch(`${bench.app.url}${path}`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', ...more },
      });

    it('must be listed, or nobody’s at all', async () => {
      await start({ ORIGINS: OURS });
      expect(await ask({ origin: OURS, 'sec-fetch-site': 'cross-site' })).toEqual([200, OURS]);
      expect(await ask({ origin: FOREIGN })).toEqual([403, null]);
      expect(await ask({ origin: 'null' })).toEqual([403, null]);
      expect(await ask({})).toEqual([200, null]);
    });

    it('is compared as an origin, and lets its pages read what is refused too', async () => {
      await start({ ORIGINS: 'https://WWW.example.org:443/' });
      expect(await ask({ origin: OURS })).toEqual([200, OURS]);
      for (const other of [`${path}?name=1&viewing=x`, '/nowhere']) {
        const refused = await fetch(bench.app.url + other, { headers: { origin: OURS } });
        expect(refused.status).toBeGreaterThanOrEqual(400);
        expect(refused.headers.get('access-control-allow-origin')).toBe(OURS);
      }
    });

    it('is judged by what a browser says of the site where a page has it say none', async () => {
      await start({ ORIGINS: OURS });
      expect(await ask({ 'sec-fetch-site': 'cross-site' })).toEqual([403, null]);
      expect(await ask({ 'sec-fetch-site': 'same-site' })).toEqual([403, null]);
      expect(await ask({ 'sec-fetch-site': 'same-origin' })).toEqual([200, null]);
      expect(await ask({ 'sec-fetch-site': 'none' })).toEqual([200, null]);
    });

    it('is one of this machine on a loopback address where none are listed', async () => {
      await start();
      const local = 'http://localhost:5173';
      expect(await ask({ origin: local, 'sec-fetch-site': 'cross-site' })).toEqual([200, local]);
      expect(await ask({ origin: FOREIGN })).toEqual([403, null]);
      expect(await ask({ 'sec-fetch-site': 'cross-site' })).toEqual([403, null]);
    });

    it('is told before a page’s real request what it may send', async () => {
      await start({ ORIGINS: OURS });
      const allowed = await preflight(OURS);
      expect(allowed.status).toBe(204);
      expect(Object.fromEntries(allowed.headers)).toMatchObject({
        'access-control-allow-origin': OURS,
        'access-control-allow-methods': expect.stringMatching(
          path === '/graphql/stream' ? /GET.*POST/ : /GET/,
        ),
        'access-control-allow-headers': expect.stringMatching(
          /authorization.*content-type.*x-headcount-user/,
        ),
        'access-control-max-age': '600',
        vary: expect.stringMatching(/origin/i),
      });
      const odd = 'x-requested-with, traceparent, Baggage, sentry-trace, apollographql-client-name';
      const asking = await preflight(OURS, { 'access-control-request-headers': `${odd}, a b` });
      const names = asking.headers.get('access-control-allow-headers')?.split(', ');
      expect(names).toEqual(expect.arrayContaining(odd.toLowerCase().split(', ')));
      expect(names).not.toContain('a b');
      const refused = await preflight(FOREIGN);
      expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([
        403,
        null,
      ]);
      expect(await refused.json()).toMatchObject({ code: 'FORBIDDEN' });
    });
  },
);
