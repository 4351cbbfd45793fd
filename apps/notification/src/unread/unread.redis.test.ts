/**
 * Goal    a user sees how much of the pages that the user follows is unread, and only that.
 * Method  the app as it is, on a free port, with a private Redis; requests over HTTP. Each test has its own users and pages.
 */
import type { RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, type RedisServer, startRedis, until } from '@headcount/testing';
import { startNotification } from '../start.js';
import { MARK_ALL_READ, MARK_READ, TestCaller, countsOf } from '../testing/callers.js';

describe('unread', () => {
  let redis: RedisServer;
  let app: RunningApp;
  let backEnd: TestCaller;
  beforeAll(async () => {
    redis = await startRedis();
    app = await startNotification({
      NOTIFICATION_PORT: '0',
      REDIS_URL: redis.url,
      BUCKETS: '16',
      LOG_LEVEL: 'fatal',
      SIGNING_KEYS: TEST_SIGNING_KEYS,
      FOLLOWS_MAX: '150',
      HISTORY_LENGTH: '3',
    });
    backEnd = new TestCaller(app, {});
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  let drawn = 0;
  /** A user and pages that no other test knows. */
  const fresh = (...names: string[]) => {
    drawn += 1;
    const user = `user ${drawn}`;
    const pages = names.map((name) => `${name}-${drawn}`);
    return { user, ann: as(user), pages, page: pages[0] ?? '' };
  };
  const as = (user: string): TestCaller => new TestCaller(app, { 'x-headcount-user': user });
  let events = 0;
  const modify = (pageId: string, more: object = {}) =>
    backEnd.modify(pageId, `event-${(events += 1)}`, more);

  it('begins at zero, goes up with each modification and down by reading', async () => {
    const { ann, page } = fresh('home');
    await modify(page);
    expect(await ann.follow(page)).toMatchObject({ unread: 0, mutedUntil: null });
    expect(await ann.unread()).toMatchObject({ total: 0, pages: { edges: [] } });
    await modify(page);
    await modify(page, { title: 'Second' });
    const shown = await ann.unread();
    expect(shown.total).toBe(2);
    expect(shown.pages.edges.map(({ node }) => node)).toEqual([
      {
        ...{ pageId: page, count: 2, lastTitle: 'Second' },
        lastModifiedAt: expect.stringMatching(/^\d{4}-/),
        cursor: expect.any(String),
      },
    ]);
    expect(await ann.follow(page)).toMatchObject({ unread: 2 });
    expect((await ann.markAllRead(shown.cursor)).total).toBe(0);
    expect((await ann.unread()).total).toBe(0);
  });

  it('counts an event once, however often it is told', async () => {
    const { ann, page } = fresh('home');
    await ann.follow(page);
    const told = await Promise.all(
      Array.from({ length: 20 }, () => backEnd.modify(page, `once-${page}`)),
    );
    expect(told.filter(({ counted }) => counted)).toHaveLength(1);
    expect(await ann.counts()).toEqual({ [page]: 1 });
  });

  it('leaves unread what has come after the cursor, whichever of the two it is', async () => {
    const { ann, pages } = fresh('home', 'news');
    const [home = '', news = ''] = pages;
    for (const page of pages) await ann.follow(page);
    await modify(home);
    await modify(news);
    const shown = await ann.unread();
    await modify(home);
    expect(countsOf(await ann.markAllRead(shown.cursor))).toEqual({ [home]: 1 });
    const later = await ann.unread();
    await modify(home);
    await modify(news);
    const [edge] = later.pages.edges;
    expect(edge?.node.pageId).toBe(home);
    expect(countsOf(await ann.markRead(home, edge?.node.cursor ?? ''))).toEqual({
      [home]: 1,
      [news]: 1,
    });
    // An old cursor takes nothing back.
    expect(countsOf(await ann.markAllRead(shown.cursor))).toEqual({ [home]: 1, [news]: 1 });
  });

  it('marks one page by a cursor of all, and none where that says nothing of it', async () => {
    const { ann, pages } = fresh('home', 'news', 'shop');
    const [home = '', news = '', shop = ''] = pages;
    for (const page of pages) await ann.follow(page);
    await modify(home);
    await modify(news);
    const { cursor } = await ann.unread();
    await modify(shop);
    expect(countsOf(await ann.markRead(home, cursor))).toEqual({ [news]: 1, [shop]: 1 });
    expect(countsOf(await ann.markRead(shop, cursor))).toEqual({ [news]: 1, [shop]: 1 });
  });

  it('refuses a cursor that is forged, another user’s or another page’s', async () => {
    const { ann, pages } = fresh('home', 'news');
    const [home = '', news = ''] = pages;
    for (const page of pages) await ann.follow(page);
    await modify(home);
    const { cursor, pages: shown } = await ann.unread();
    const ofHome = shown.edges[0]?.node.cursor ?? '';
    const bob = fresh().ann;
    const refused = ['BAD_REQUEST'];
    expect(await ann.codes(MARK_ALL_READ, { cursor: 'x' })).toEqual(refused);
    expect(await ann.codes(MARK_ALL_READ, { cursor: `${cursor}AAAA` })).toEqual(refused);
    expect(await ann.codes(MARK_ALL_READ, { cursor: ofHome })).toEqual(refused);
    expect(await bob.codes(MARK_ALL_READ, { cursor })).toEqual(refused);
    expect(await bob.codes(MARK_READ, { cursor: ofHome, pageId: home })).toEqual(refused);
    expect(await ann.codes(MARK_READ, { cursor: ofHome, pageId: news })).toEqual(refused);
    expect(await ann.counts()).toEqual({ [home]: 1 });
  });

  it('is the same on every device of a user', async () => {
    const { user, ann, page } = fresh('home');
    const phone = as(user);
    await ann.follow(page);
    await modify(page);
    expect((await phone.unread()).total).toBe(1);
    await phone.markAllRead((await phone.unread()).cursor);
    expect((await ann.unread()).total).toBe(0);
  });

  it('starts at zero again when a page is followed again', async () => {
    const { ann, page } = fresh('home');
    await ann.follow(page);
    await modify(page);
    expect(await ann.unfollow(page)).toBe(true);
    expect(await ann.unfollow(page)).toBe(false);
    expect(await ann.counts()).toEqual({});
    await modify(page);
    expect((await ann.follow(page)).unread).toBe(0);
    await modify(page);
    expect(await ann.counts()).toEqual({ [page]: 1 });
  });

  it('takes a modification as read by its actor, and by nobody else', async () => {
    const { ann, user, page } = fresh('home');
    const bob = fresh().ann;
    for (const one of [ann, bob]) await one.follow(page);
    await modify(page);
    await modify(page, { actor: user });
    expect([await ann.counts(), await bob.counts()]).toEqual([{}, { [page]: 2 }]);
    await modify(page);
    expect(await ann.counts()).toEqual({ [page]: 1 });
    // An actor who does not follow the page is none the wiser.
    await modify(page, { actor: 'stranger' });
    expect((await as('stranger').unread()).total).toBe(0);
  });

  it('has an event that is told again mend what a crash had left undone', async () => {
    const { ann, user, page } = fresh('home');
    await ann.follow(page);
    // As after a crash between the count and the rest of it.
    await backEnd.modify(page, `torn-${page}`);
    expect(await ann.counts()).toEqual({ [page]: 1 });
    const again = await backEnd.modify(page, `torn-${page}`, { actor: user, title: 'Whole' });
    expect([again.counted, await ann.counts()]).toEqual([false, {}]);
    // Of what is told twice the first description stays.
    const [, list] = await backEnd.rest('GET', `/pages/${page}/history`);
    expect(list).toMatchObject({ items: [{ eventId: `torn-${page}`, title: null }] });
  });

  it('does not count pages that are silent, until they are so no longer', async () => {
    const { ann, pages } = fresh('home', 'news');
    const [home = '', news = ''] = pages;
    for (const page of pages) await ann.follow(page);
    expect((await ann.mute(home)).mutedUntil).toBe('9999-12-31T23:59:59Z');
    expect((await ann.mute(news, '2999-01-01T00:00:00Z')).mutedUntil).toBe('2999-01-01T00:00:00Z');
    for (const page of pages) await modify(page);
    expect(await ann.counts()).toEqual({});
    expect(await ann.mute(news, '2000-01-01T00:00:00Z')).toEqual({ mutedUntil: null, unread: 1 });
    expect(await ann.counts()).toEqual({ [news]: 1 });
    await ann.unfollow(home);
    expect((await ann.follow(home)).mutedUntil).toBeNull();
  });

  it('tells whether and what a user follows, page by page', async () => {
    const { ann, pages } = fresh('a', 'b', 'c');
    for (const page of pages) await ann.follow(page);
    await modify(pages[1] ?? '');
    const query = `query($after: String) { following(first: 2, after: $after) {
      edges { node { pageId unread } } pageInfo { hasNextPage endCursor } } }`;
    const first = await ann.ask<{ pageInfo: { endCursor: string } }>('following', query);
    expect(first).toMatchObject({
      edges: [{ node: { pageId: pages[0], unread: 0 } }, { node: { pageId: pages[1], unread: 1 } }],
      pageInfo: { hasNextPage: true },
    });
    const rest = await ann.ask('following', query, { after: first.pageInfo.endCursor });
    expect(rest).toMatchObject({
      edges: [{ node: { pageId: pages[2] } }],
      pageInfo: { hasNextPage: false },
    });
    const isFollowing = (pageId: string) =>
      ann.ask('isFollowing', 'query($id: ID!) { isFollowing(pageId: $id) }', { id: pageId });
    expect([await isFollowing(pages[0] ?? ''), await isFollowing('elsewhere')]).toEqual([
      true,
      false,
    ]);
  });

  it('comes in parts, the page that was modified last first', async () => {
    const { ann, pages } = fresh(...Array.from({ length: 130 }, (_, at) => `page${at}`));
    for (const page of pages) await ann.follow(page);
    const inputs = pages.map((pageId) => ({ pageId, eventId: `all-${pageId}` }));
    const query = `mutation($inputs: [ModifyPageInput!]!) { modifyPages(inputs: $inputs) { counted } }`;
    for (const some of [inputs.slice(0, 100), inputs.slice(100)]) {
      await backEnd.ask('modifyPages', query, { inputs: some });
    }
    expect(await backEnd.codes(query, { inputs })).toEqual(['BAD_REQUEST']);
    const { total, pages: first, cursor } = await ann.unread();
    expect([total, first.edges.length, first.pageInfo.hasNextPage]).toEqual([130, 100, true]);
    const rest = await ann.ask<{ pages: { edges: { node: { pageId: string } }[] } }>(
      'unread',
      'query($after: String) { unread { pages(first: 100, after: $after) { edges { node { pageId } } } } }',
      { after: first.pageInfo.endCursor },
    );
    const seen = [...first.edges, ...rest.pages.edges].map(({ node }) => node.pageId);
    expect(new Set(seen)).toEqual(new Set(pages));
    expect((await ann.markAllRead(cursor)).total).toBe(0);
    expect(await ann.codes('{ unread { pages(first: 101) { edges { cursor } } } }')).toEqual([
      'BAD_REQUEST',
    ]);
  });

  it('has the last modifications of a page as its history', async () => {
    const { page } = fresh('home');
    const dayAgo = new Date(Date.now() - 86_400_000).toISOString();
    const timeOf = (at: number): string => `${dayAgo.slice(0, 10)}T00:0${at}:00Z`;
    for (let at = 1; at <= 5; at += 1) {
      await backEnd.modify(page, `h${at}`, {
        ...{ title: `Title ${at}`, url: `/posts/${at}`, actor: 'ann' },
        at: timeOf(at),
      });
    }
    const query = `query($id: ID!) { history(pageId: $id, first: 2) {
      edges { node { eventId at title url actor } } pageInfo { hasNextPage } } }`;
    expect(await backEnd.ask('history', query, { id: page })).toEqual({
      edges: [5, 4].map((at) => ({
        node: {
          ...{ eventId: `h${at}`, title: `Title ${at}`, url: `/posts/${at}`, actor: 'ann' },
          at: timeOf(at),
        },
      })),
      pageInfo: { hasNextPage: true },
    });
    const [, list] = await backEnd.rest('GET', `/pages/${page}/history`);
    expect(list).toMatchObject({ items: [{}, {}, { eventId: 'h3' }], next: null });
  });

  it('bounds what one user may follow', async () => {
    const { ann } = fresh();
    const follow = (at: number) =>
      ann.codes('mutation($id: ID!) { follow(pageId: $id) { pageId } }', { id: `bound-${at}` });
    for (let at = 0; at < 150; at += 1) expect(await follow(at)).toEqual([]);
    expect(await follow(150)).toEqual(['FOLLOWS_FULL']);
    expect(await follow(0)).toEqual([]);
  });

  it.each([
    ['a page id that is none', 'mutation { follow(pageId: "a b") { pageId } }', 'BAD_PAGE_ID'],
    [
      'a page that is not followed',
      'mutation { mute(pageId: "nowhere") { pageId } }',
      'NOT_FOLLOWED',
    ],
    ['a title too long', modifyWith(`title: "${'x'.repeat(513)}"`), 'BAD_REQUEST'],
    ['an address that runs a script', modifyWith('url: "javascript:alert(1)"'), 'BAD_REQUEST'],
    ['an address of another protocol', modifyWith('url: "//elsewhere/x"'), 'BAD_REQUEST'],
    ['an actor that is none', modifyWith('actor: ""'), 'BAD_VIEWER_ID'],
    ['a time before all', modifyWith('at: "1969-12-31T23:59:59Z"'), 'BAD_REQUEST'],
    ['nobody to act for', '{ unread { total } }', 'BAD_REQUEST', {}],
  ])('refuses %s', async (_, query, code, headers = { 'x-headcount-user': 'ann' }) => {
    expect(await new TestCaller(app, headers).codes(query)).toEqual([code]);
  });

  function modifyWith(field: string): string {
    return `mutation { modifyPage(input: { pageId: "refused", eventId: "e", ${field} }) { counted } }`;
  }

  it('is the same over REST', async () => {
    const { user, ann, page } = fresh('a/b');
    const path = `/users/${encodeURIComponent(user)}`;
    const at = `${path}/follows/${encodeURIComponent(page)}`;
    expect(await backEnd.rest('PUT', at)).toEqual([
      200,
      { pageId: page, mutedUntil: null, unread: 0 },
    ]);
    const events = { modifications: [1, 2].map((n) => ({ pageId: page, eventId: `r${n}` })) };
    const [status, told] = await backEnd.rest('POST', '/modifications', events);
    expect([status, told]).toMatchObject([200, { modifications: [{ counted: true }, {}] }]);
    expect(await backEnd.rest('GET', `${path}/follows`)).toEqual([
      200,
      { items: [{ pageId: page, mutedUntil: null, unread: 2 }], next: null },
    ]);
    const [, shown] = await backEnd.rest('GET', `${path}/unread?first=1`);
    expect(shown).toMatchObject({ total: 2, pages: { items: [{ pageId: page, count: 2 }] } });
    const { cursor } = shown as { cursor: string };
    const read = await backEnd.rest('POST', `${path}/reads`, { cursor, pageId: page });
    expect(read).toMatchObject([200, { total: 0, pages: { items: [] } }]);
    const muted = await backEnd.rest('PUT', `${at}/mute`, { until: '2999-01-01T00:00:00+02:00' });
    expect(muted).toMatchObject([200, { mutedUntil: '2998-12-31T22:00:00Z' }]);
    expect(await backEnd.rest('DELETE', at)).toEqual([204, null]);
    expect((await ann.unread()).total).toBe(0);
    expect((await backEnd.rest('PUT', `${at}/mute`, {}))[0]).toBe(404);
    expect((await backEnd.rest('POST', `${path}/reads`, { cursor: 'x' }))[0]).toBe(400);
    expect((await backEnd.rest('GET', `${path}/unread?first=x`))[0]).toBe(400);
    expect((await backEnd.rest('POST', at))[0]).toBe(405);
  });

  it('is kept where Redis is killed and comes back, and refused in between', async () => {
    const { ann, pages } = fresh('home', 'news');
    const [home = '', news = ''] = pages;
    for (const page of pages) await ann.follow(page);
    await modify(home);
    await modify(news);
    const { pages: shown } = await ann.unread();
    const ofNews = shown.edges.find(({ node }) => node.pageId === news);
    await ann.markRead(news, ofNews?.node.cursor ?? '');
    await redis.kill9();
    const ready = async (): Promise<number> => (await fetch(`${app.url}/health/ready`)).status;
    await until(async () => (await ready()) === 503, { what: 'notification not ready' });
    expect(await ann.codes('{ unread { total } }')).toEqual(['STORE_UNAVAILABLE']);
    const follow = 'mutation { unfollow(pageId: "x") }';
    expect(await ann.codes(follow)).toEqual(['STORE_UNAVAILABLE']);
    await redis.restart();
    await until(async () => (await ready()) === 200, { what: 'notification ready again' });
    expect(await ann.counts()).toEqual({ [home]: 1 });
    await modify(home);
    expect(await ann.counts()).toEqual({ [home]: 2 });
  });

  it('is digested for users who were not here, in parts and in an order that stays', async () => {
    const users = Array.from({ length: 7 }, () => fresh());
    const page = `digest-${drawn}`;
    for (const { user } of users) {
      await backEnd.rest('PUT', `/users/${encodeURIComponent(user)}/follows/${page}`);
    }
    await modify(page, { title: 'News' });
    const [here, reader, ...away] = users;
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const digest = `query($since: DateTime!, $after: String) { digest(since: $since, first: 2, after: $after) {
      edges { node { userId total cursor pages { edges { node { lastTitle } } } } } pageInfo { hasNextPage endCursor } } }`;
    interface Digest {
      edges: { node: { userId: string; total: number; pages: object } }[];
      pageInfo: { hasNextPage: boolean; endCursor: string };
    }
    const all = async (since: string): Promise<string[]> => {
      const found: string[] = [];
      let after: string | null = null;
      for (;;) {
        const part: Digest = await backEnd.ask('digest', digest, { since, after });
        found.push(...part.edges.map(({ node }) => node.userId));
        if (!part.pageInfo.hasNextPage) return found;
        after = part.pageInfo.endCursor;
      }
    };
    const ofTest = async (since: string): Promise<string[]> =>
      (await all(since)).filter((user) => users.some((one) => one.user === user));
    const everybody = await ofTest(soon);
    expect([...everybody].sort()).toEqual(users.map(({ user }) => user).sort());
    expect(await ofTest(soon)).toEqual(everybody);
    // A back end that asks for a user is not the user.
    await backEnd.rest('GET', `/users/${encodeURIComponent(away[0]?.user ?? '')}/unread`);
    await here?.ann.unread();
    await reader?.ann.markAllRead((await reader.ann.unread()).cursor);
    const dayAgo = new Date(Date.now() - 86_400_000).toISOString();
    const quiet = await until(
      async () => {
        const found = await ofTest(dayAgo);
        return found.length === away.length ? found : null;
      },
      { what: 'who was here to be noted' },
    );
    expect([...(quiet ?? [])].sort()).toEqual(away.map(({ user }) => user).sort());
    const [status, list] = await backEnd.rest('GET', `/digest?since=${soon}&first=1`);
    expect([status, list]).toMatchObject([200, { items: [{ total: expect.any(Number) }] }]);
    expect((await backEnd.rest('GET', '/digest?since=x'))[0]).toBe(400);
    expect(
      await backEnd.codes(digest, {
        since: soon,
        after: Buffer.from('[-1,""]').toString('base64url'),
      }),
    ).toEqual(['BAD_REQUEST']);
  });

  it('is measured', async () => {
    const text = await (await fetch(`${app.internalUrl}/metrics`)).text();
    expect(text).toMatch(
      /headcount_follow_changes_total\{.*kind="follow",outcome="changed".*\} [1-9]/,
    );
  });
});
