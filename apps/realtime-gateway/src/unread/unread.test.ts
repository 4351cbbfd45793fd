/**
 * Goal    `unreadChanged` shows each user what the user has not read, at once and at each change, over sockets and streams, in a
 *         group or alone, and nobody what is another's; whatever becomes of the home meanwhile.
 * Method  the app as it is over a fake counter-api; stock clients; tokens that are signed here.
 */
import { createClient as createStreamClient } from 'graphql-sse';
import type { Client } from 'graphql-ws';
import { SignJWT } from 'jose';
import type { Writer } from '@headcount/crdt';
import { Keyring, ReadCursors, type RunningApp } from '@headcount/platform';
import { PATHS, orThrow, parsePageId, parseViewerId } from '@headcount/protocol';
import { until } from '@headcount/testing';
import { FakeCounterApi, TEST_KEYS } from '../testing/fake-counter-api.js';
import { LOCAL } from '../testing/fake-unread.js';
import { testClient } from '../testing/test-client.js';
import { metricOf, startTestPair } from '../testing/test-gateway.js';

const SECRET = 'a-secret-that-only-the-site-knows';
const TOTAL = '{ unreadChanged { total } }';
const PAGES = `{ unreadChanged { total pages(first: 2) {
  edges { cursor node { pageId count lastTitle } } pageInfo { hasNextPage endCursor } } } }`;
/** The same, as it is executed for its socket alone. */
const alone = (query: string): string =>
  query.replace('{', '{ ...Root } fragment Root on Subscription {');

interface Result {
  readonly data?: unknown;
  readonly errors?: readonly { readonly extensions?: Record<string, unknown> }[] | undefined;
}

interface Shown {
  readonly unreadChanged: {
    readonly total: number;
    readonly cursor: string;
    readonly pages: {
      readonly edges: readonly { readonly cursor: string; readonly node: object }[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    };
  };
}

const total = (count: number): object => ({ unreadChanged: { total: count } });

describe('unreadChanged', () => {
  let fake: FakeCounterApi;
  let app: RunningApp;
  const clients: Client[] = [];

  const start = async (more: Record<string, string> = {}): Promise<void> => {
    ({ fake, app } = await startTestPair({ DRAIN_MS: '0', FANOUT_TICK_MS: '1', ...more }));
  };
  afterEach(async () => {
    await Promise.allSettled(clients.splice(0).map((client) => client.dispose()));
    await app.close();
    await fake.stop();
  });
  const unread = () => fake.store.unread;

  function client(params: Record<string, unknown>): Client {
    const made = testClient(app.url, params);
    clients.push(made);
    return made;
  }

  /** What a subscription is shown: its data, else the codes of its errors. */
  function watch(viewerId: string, query = TOTAL, made = client({ viewerId }), variables = {}) {
    const seen: unknown[] = [];
    const codes = (errors: Result['errors']) => errors?.map(({ extensions }) => extensions?.code);
    const end = made.subscribe(
      { query: `subscription ${query}`, variables },
      {
        next: ({ data, errors }: Result) => seen.push(data ?? codes(errors)),
        error: (cause) => seen.push(codes(cause as Result['errors'])),
        complete: () => undefined,
      },
    );
    const shows = (wanted: unknown) =>
      until(() => seen.at(-1), {
        what: JSON.stringify(wanted),
        accept: (last) => JSON.stringify(last) === JSON.stringify(wanted),
      });
    return { seen, shows, end };
  }

  it('shows what is unread at once, then each change, and is silent where nothing changes', async () => {
    await start();
    unread().modify('home');
    unread().follow('ann', 'home');
    unread().follow('ann', 'blog');
    const ann = watch('ann');
    await ann.shows(total(1));
    unread().modify('blog');
    await ann.shows(total(2));
    unread().modify('elsewhere');
    unread().read('ann', 'home');
    await ann.shows(total(1));
    unread().unfollow('ann', 'blog');
    await ann.shows(total(0));
    expect(ann.seen).toEqual([1, 2, 1, 0].map(total));
  });

  it('shows it on all devices of a user, made once for those that ask alike', async () => {
    await start();
    unread().follow('ann', 'home');
    const devices = [watch('ann'), watch('ann'), watch('ann', alone(TOTAL))];
    for (const { shows } of devices) await shows(total(0));
    unread().modify('home');
    for (const { shows } of devices) await shows(total(1));
    unread().read('ann', 'home');
    for (const { shows } of devices) await shows(total(0));
    expect(await metricOf(app, 'gateway_groups')).toBe(1);
    expect(await metricOf(app, 'gateway_unread_users')).toBe(1);
  });

  it('has a group for each user, and shows nobody what is another one’s', async () => {
    await start();
    unread().follow('ann', 'home');
    unread().follow('bob', 'blog');
    unread().modify('home');
    const [ann, bob] = [watch('ann'), watch('bob')];
    await ann.shows(total(1));
    await bob.shows(total(0));
    expect(await metricOf(app, 'gateway_groups')).toBe(2);
    unread().modify('blog');
    unread().modify('blog');
    await bob.shows(total(2));
    unread().modify('home');
    await ann.shows(total(2));
    expect([ann.seen, bob.seen.every((seen) => JSON.stringify(seen) !== '')]).toEqual([
      [total(1), total(2)],
      true,
    ]);
  });

  it.each([
    ['a group', PAGES],
    ['alone', alone(PAGES)],
  ])('shows pages in parts, with titles, %s', async (_, query) => {
    await start();
    for (const pageId of ['a', 'b', 'c']) unread().follow('ann', pageId);
    for (const pageId of ['a', 'b', 'b', 'c', 'c', 'c']) unread().modify(pageId, `of ${pageId}`);
    const ann = watch('ann', query);
    await until(() => ann.seen.length > 0);
    const { total: all, pages } = (ann.seen[0] as Shown).unreadChanged;
    expect(all).toBe(6);
    expect(pages.edges.map(({ node }) => node)).toEqual([
      { pageId: 'c', count: 3, lastTitle: 'of c' },
      { pageId: 'b', count: 2, lastTitle: 'of b' },
    ]);
    expect(pages.pageInfo.hasNextPage).toBe(true);
    const rest = query.replace('first: 2', `after: ${JSON.stringify(pages.pageInfo.endCursor)}`);
    const other = watch('ann', rest);
    await until(() => other.seen.length > 0);
    expect((other.seen[0] as Shown).unreadChanged.pages.edges.map(({ node }) => node)).toEqual([
      { pageId: 'a', count: 1, lastTitle: 'of a' },
    ]);
    const wrong = watch('ann', query.replace('first: 2', 'first: 101'));
    await until(() => wrong.seen.length > 0);
    expect(wrong.seen).toEqual([['BAD_REQUEST']]);
  });

  it('asks for a title once, however many are shown it, and anew when the page is modified', async () => {
    await start();
    const titled = '{ unreadChanged { pages { edges { node { lastTitle } } } } }';
    const shown = (title: string) => ({
      unreadChanged: { pages: { edges: [{ node: { lastTitle: title } }] } },
    });
    unread().modify('home', 'first');
    for (const user of ['ann', 'bob']) unread().follow(user, 'home');
    const [ann, bob] = [watch('ann', titled), watch('bob', titled)];
    for (const { shows } of [ann, bob]) await shows(shown('first'));
    expect(fake.bodies(PATHS.titles)).toEqual([{ pages: ['home'] }]);
    unread().modify('home', 'second');
    for (const { shows } of [ann, bob]) await shows(shown('second'));
    expect(fake.bodies(PATHS.titles)).toHaveLength(2);
  });

  it('gives out the cursors of notification, which say what was shown', async () => {
    await start();
    unread().follow('ann', 'home');
    unread().modify('home');
    const ann = watch('ann', '{ unreadChanged { cursor } }');
    await until(() => ann.seen.length > 0);
    const cursors = new ReadCursors(new Keyring(TEST_KEYS, 'cursor'));
    const { cursor } = (ann.seen[0] as Shown).unreadChanged;
    const read = orThrow(cursors.read(orThrow(parseViewerId('ann')), cursor));
    expect([...(read.of(orThrow(parsePageId('home'))) ?? [])]).toEqual([[LOCAL, 1]]);
  });

  it('counts one event of two regions once, as soon as it is known to be one', async () => {
    await start();
    const other = `other/${'1'.repeat(20)}` as Writer;
    unread().follow('ann', 'home');
    const ann = watch('ann');
    await ann.shows(total(0));
    unread().modify('home');
    unread().modify('home', null, other);
    unread().modify('home', null, other);
    await ann.shows(total(3));
    unread().pair('home', { writer: LOCAL, position: 1 }, { writer: other, position: 2 });
    await ann.shows(total(2));
    // Whoever comes later has read less, so needs pairs that nobody here needed.
    unread().read('ann', 'home');
    await ann.shows(total(0));
    unread().follow('bob', 'home');
    const bob = watch('bob');
    await bob.shows(total(2));
    expect(bob.seen).toEqual([total(2)]);
  });

  it('pushes nothing of a muted page, and shows its count when the mute ends by time', async () => {
    await start();
    unread().modify('home');
    unread().follow('ann', 'quiet', [], Date.now() + 600);
    unread().follow('ann', 'home');
    const ann = watch('ann');
    await ann.shows(total(1));
    unread().modify('quiet');
    unread().modify('home');
    await ann.shows(total(2));
    await ann.shows(total(3));
    expect(ann.seen).toEqual([1, 2, 3].map(total));
  });

  it('takes follows that come in parts, and begins again where they change in between', async () => {
    await start();
    unread().partMax = 3;
    for (let at = 0; at < 10; at += 1) unread().follow('ann', `p${at}`);
    unread().modify('p0');
    unread().modify('p9');
    const ann = watch('ann');
    await ann.shows(total(2));
    for (let at = 10; at < 20; at += 1) unread().follow('ann', `p${at}`);
    unread().modify('p19');
    await ann.shows(total(3));
    expect(fake.bodies(PATHS.follows).length).toBeGreaterThan(5);
  });

  it('is exact after a push was lost, and after the home has lost its streams', async () => {
    await start();
    unread().follow('ann', 'home');
    const ann = watch('ann');
    await ann.shows(total(0));
    fake.pushes = false;
    unread().modify('home');
    unread().follow('ann', 'blog');
    unread().modify('blog');
    fake.skipPush();
    fake.pushes = true;
    unread().modify('home');
    await ann.shows(total(3));
    fake.pushes = false;
    unread().read('ann', 'home');
    fake.pushes = true;
    fake.forgetStreams();
    await ann.shows(total(1));
  });

  it('shows the same while the home is away, and what has changed when another one is there', async () => {
    await start();
    unread().follow('ann', 'home');
    unread().modify('home');
    const ann = watch('ann');
    await ann.shows(total(1));
    const { port, store } = fake;
    await fake.stop();
    store.unread.modify('home');
    store.unread.follow('ann', 'blog');
    store.unread.modify('blog');
    fake = await FakeCounterApi.start({ port, store });
    await ann.shows(total(3));
  });

  it('goes by what Redis holds after it has forgotten', async () => {
    await start();
    unread().follow('ann', 'home');
    unread().modify('home');
    unread().modify('home');
    const ann = watch('ann');
    await ann.shows(total(2));
    unread().forget();
    unread().modify('home');
    await ann.shows(total(1));
  });

  it('lets go of a user and of pages when nobody asks any more', async () => {
    await start();
    unread().follow('ann', 'home');
    const ann = watch('ann');
    await ann.shows(total(0));
    ann.end();
    // Within the grace it is known still, and shown what has changed.
    unread().modify('home');
    const again = watch('ann');
    await again.shows(total(1));
    again.end();
    await until(async () => (await metricOf(app, 'gateway_unread_users')) === 0, {
      what: 'the user to be let go',
      timeoutMs: 15_000,
    });
    expect(await metricOf(app, 'gateway_unread_pages')).toBe(0);
    await until(
      () => {
        const interest = fake.bodies(PATHS.interest);
        const users = interest.flatMap((body) => body.users?.drop ?? []);
        const pages = interest.flatMap((body) => body.pages?.drop ?? []);
        return users.includes('ann' as never) && pages.includes('home' as never);
      },
      { what: 'the home to be told', timeoutMs: 15_000 },
    );
  }, 40_000);

  it('is shown over event streams', async () => {
    await start();
    unread().follow('ann', 'home');
    const headers = { 'x-headcount-user': 'ann' };
    const streams = createStreamClient({ url: `${app.url}/graphql/stream`, headers });
    const shown = streams.iterate({ query: `subscription ${PAGES}` });
    const { value: first } = (await shown.next()) as { value: Result };
    expect((first.data as Shown).unreadChanged.total).toBe(0);
    unread().modify('home', 'news');
    const { value: second } = (await shown.next()) as { value: Result };
    expect((second.data as Shown).unreadChanged).toMatchObject({
      total: 1,
      pages: { edges: [{ node: { pageId: 'home', count: 1, lastTitle: 'news' } }] },
    });
    streams.dispose();
  });

  it('refuses whoever does not say who it is, in a group, alone and over a stream', async () => {
    await start();
    const [grouped, single] = [TOTAL, alone(TOTAL)].map((query) => watch('', query, client({})));
    await grouped?.shows(['BAD_REQUEST']);
    await single?.shows(['BAD_REQUEST']);
    const streams = createStreamClient({ url: `${app.url}/graphql/stream` });
    const { value } = (await streams.iterate({ query: `subscription ${TOTAL}` }).next()) as {
      value: Result;
    };
    expect(value.errors?.map(({ extensions }) => extensions?.code)).toEqual(['BAD_REQUEST']);
    streams.dispose();
    expect(fake.bodies(PATHS.follows)).toEqual([]);
  });

  it('goes by the token: its subject, and of the pages those that it allows', async () => {
    await start({ AUTH: 'jwt', AUTH_JWT_SECRET: SECRET });
    const token = (claims: object) =>
      new SignJWT({ sub: 'ann', ...claims })
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime('1m')
        .sign(Buffer.from(SECRET));
    for (const pageId of ['news/1', 'blog/1']) {
      unread().follow('ann', pageId);
      unread().modify(pageId);
    }
    const all = watch('', TOTAL, client({ token: await token({}) }));
    const some = watch('', TOTAL, client({ token: await token({ pages: ['news/*'] }) }));
    const same = watch('', TOTAL, client({ token: await token({ pages: ['news/*'] }) }));
    await all.shows(total(2));
    await some.shows(total(1));
    await same.shows(total(1));
    expect(await metricOf(app, 'gateway_groups')).toBe(2);
    unread().modify('news/1');
    for (const { shows } of [some, same]) await shows(total(2));
    await all.shows(total(3));
  });
});
