/**
 * Goal    a value means the same by every way into notification: REST and GraphQL take it with the same effect, or refuse it and change nothing.
 *         Times that callers state never push out what is true now.
 * Method  generated values, good, bad and on the edge, are sent by both ways to pages and users of their own, with a private Redis.
 */
import fc from 'fast-check';
import type { RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, type RedisServer, runs, startRedis } from '@headcount/testing';
import { startNotification } from './start.js';
import { TestCaller } from './testing/callers.js';

type Way = (value: never, name: string) => Promise<unknown>;

describe('a value', () => {
  let redis: RedisServer;
  let app: RunningApp;
  let cms: TestCaller;
  let names = 0;
  beforeAll(async () => {
    redis = await startRedis();
    app = await startNotification({
      NOTIFICATION_PORT: '0',
      REDIS_URL: redis.url,
      LOG_LEVEL: 'fatal',
      SIGNING_KEYS: TEST_SIGNING_KEYS,
    });
    cms = new TestCaller(app, {});
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  const rest = async (...args: Parameters<TestCaller['rest']>): Promise<unknown> => {
    const [status, body] = await cms.rest(...args);
    return status < 300 ? body : 'refused';
  };
  const graphql = async (query: string, variables: object): Promise<unknown> => {
    const { data, errors } = await cms.graphql(query, variables);
    return errors ? 'refused' : data?.it;
  };

  /** Both ways give the same, and some values are taken and some refused. */
  const agree = async <T>(
    values: fc.Arbitrary<T>,
    ways: readonly Way[],
    count = 40,
  ): Promise<void> => {
    const verdicts = new Set<boolean>();
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        const found: unknown[] = [];
        for (const way of ways) found.push(await way(value as never, `n${(names += 1)}`));
        for (const one of found) expect({ value, one }).toEqual({ value, one: found[0] });
        verdicts.add(found[0] === 'refused');
      }),
      { numRuns: runs(count) },
    );
    expect(verdicts.size).toBe(2);
  };

  const times = fc.oneof(
    fc.constantFrom<unknown>(
      ...[
        '2030-10-10T12:11:42Z',
        '2030-10-10t12:11:42z',
        '2030-10-10T12:11:42.5+02:00',
        '2030-10-10T12:11Z',
        '2030-10-10',
      ],
      ...[
        '2030-02-30T00:00:00Z',
        '2030-10-10T24:00:00Z',
        '2030-10-10T23:59:60Z',
        '2016-12-31T23:59:60Z',
        '2030-10-10 12:11:42Z',
      ],
      ...[
        '0000-01-01T00:00:00Z',
        '9999-12-31T23:59:59Z',
        '9999-12-31T23:59:59-23:59',
        '1969-12-31T23:59:59Z',
        '1970-01-01T00:00:00Z',
      ],
      ...[
        '',
        'now',
        null,
        0,
        1_900_000_000_000,
        true,
        {},
        ['2030-10-10T12:11:42Z'],
        '2030-10-10T12:11:42+24:00',
      ],
    ),
    fc
      .date({ min: new Date('1900-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
      .map((at) => at.toISOString()),
    fc.string({ maxLength: 24 }),
  );

  it('is the end of a silence for both or for none', async () => {
    const MUTE =
      'mutation($page: ID!, $user: ID, $until: DateTime) { it: mute(pageId: $page, userId: $user, until: $until) { mutedUntil } }';
    const followed = async (user: string): Promise<void> =>
      void (await cms.rest('PUT', `/users/${user}/follows/home`));
    const mutedOf = (answer: unknown): unknown =>
      answer === 'refused' ? answer : (answer as { mutedUntil: unknown }).mutedUntil;
    await agree(times, [
      async (until, user) => {
        await followed(user);
        return mutedOf(await rest('PUT', `/users/${user}/follows/home/mute`, { until }));
      },
      async (until, user) => {
        await followed(user);
        return mutedOf(await graphql(MUTE, { page: 'home', user, until }));
      },
    ]);
  });

  const HISTORY =
    'query($page: ID!) { it: history(pageId: $page, first: 5) { edges { node { eventId at } } } }';
  interface Entry {
    readonly eventId: string;
    readonly at: string;
  }
  const historyOf = async (page: string): Promise<Entry[]> => {
    const { edges } = (await graphql(HISTORY, { page })) as { edges: { node: Entry }[] };
    return edges.map(({ node }) => node);
  };

  it('is when something happened for both or for none, and never later than now', async () => {
    const MODIFY =
      'mutation($input: ModifyPageInput!) { it: modifyPage(input: $input) { counted } }';
    const then = async (answer: unknown, page: string): Promise<unknown> => {
      const [entry] = await historyOf(page);
      if (entry) expect(Date.parse(entry.at)).toBeLessThanOrEqual(Date.now());
      await cms.rest('POST', `/pages/${page}/modifications`, { eventId: 'now' });
      expect((await historyOf(page))[0]?.eventId).toBe('now');
      const { counted = 'refused' } = answer as { counted?: unknown };
      return [counted, entry === undefined];
    };
    const hourAhead = fc
      .constantFrom(1, 12, 23)
      .map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString());
    const verdicts = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.oneof(times, hourAhead), async (at) => {
        const [one, other] = [`n${(names += 1)}`, `n${(names += 1)}`];
        const byRest = await then(
          await rest('POST', `/pages/${one}/modifications`, { eventId: 'a', at }),
          one,
        );
        const byGraphql = await then(
          await graphql(MODIFY, { input: { pageId: other, eventId: 'a', at } }),
          other,
        );
        expect({ at, is: byGraphql }).toEqual({ at, is: byRest });
        verdicts.add(JSON.stringify(byRest));
      }),
      { numRuns: runs(40) },
    );
    expect(verdicts.size).toBeGreaterThan(1);
  });

  it('is since when a digest looks for both or for none', async () => {
    const DIGEST =
      'query($since: DateTime!) { it: digest(since: $since) { edges { node { userId } } } }';
    await agree(
      times.filter((since) => typeof since === 'string'),
      [
        async (since) => {
          const list = await rest('GET', `/digest?since=${encodeURIComponent(since)}`);
          return list === 'refused' ? list : (list as { items: object[] }).items.length;
        },
        async (since) => {
          const list = await graphql(DIGEST, { since });
          return list === 'refused' ? list : (list as { edges: object[] }).edges.length;
        },
      ],
      20,
    );
  });

  const ids = fc
    .oneof(
      fc.constantFrom(
        "o'brien",
        'ann lee',
        'a@b',
        'a/b',
        '50%',
        'zoë',
        'zoe\u0308',
        '👩\u200d🚀',
        'a\u200cb',
        'a\u200bb',
        'x'.repeat(128),
        'x'.repeat(129),
        'ä'.repeat(65),
      ),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
    )
    .filter((id) => id !== '.' && id !== '..' && !/\p{Cs}/u.test(id));

  it('is a user for both or for none, and the same user', async () => {
    const FOLLOWS =
      'query($page: ID!, $user: ID) { it: isFollowing(pageId: $page, userId: $user) }';
    const FOLLOW =
      'mutation($page: ID!, $user: ID) { it: follow(pageId: $page, userId: $user) { pageId } }';
    await agree(ids, [
      async (user, page) => {
        if ((await rest('PUT', `/users/${encodeURIComponent(user)}/follows/${page}`)) === 'refused')
          return 'refused';
        return graphql(FOLLOWS, { page, user });
      },
      async (user, page) => {
        if ((await graphql(FOLLOW, { page, user })) === 'refused') return 'refused';
        const bytes = [...Buffer.from(user as string)]
          .map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
          .join('');
        const { items } = (await rest('GET', `/users/${bytes}/follows?first=100`)) as {
          items: { pageId: string }[];
        };
        return items.some(({ pageId }) => pageId === page);
      },
      async (user, page) => {
        const header = { 'x-headcount-user': Buffer.from(user as string).toString('latin1') };
        // No client can send these in a header.
        if (/[\p{Cc}]|^\s|\s$/u.test(user))
          return (await graphql(FOLLOW, { page, user })) === 'refused' ? 'refused' : true;
        const { errors } = await new TestCaller(app, header).graphql(FOLLOW, { page });
        return errors ? 'refused' : graphql(FOLLOWS, { page, user });
      },
    ]);
  });

  it('is an event, a title and an address for both or for none', async () => {
    const MODIFY =
      'mutation($input: ModifyPageInput!) { it: modifyPage(input: $input) { eventId counted } }';
    const counted = (answer: unknown): unknown =>
      answer === 'refused' ? answer : (answer as { counted: unknown }).counted;
    const text = fc.oneof(
      fc.constantFrom<string | null>(
        'a',
        '',
        ' a',
        'x'.repeat(128),
        'x'.repeat(129),
        'ü',
        null,
        'x'.repeat(512),
        'x'.repeat(513),
        '/a',
        '//a',
        'https://a/b',
        'javascript:x',
      ),
      fc.string({ maxLength: 8 }),
    );
    const said = fc.record({
      eventId: fc.oneof(text.map(String), fc.constant('e')),
      title: text,
      url: fc.oneof(text, fc.constant('/x')),
    });
    await agree(said, [
      async (input, pageId) => counted(await rest('POST', `/pages/${pageId}/modifications`, input)),
      async (input, pageId) =>
        counted(
          await rest('POST', '/modifications', {
            modifications: [{ pageId, ...(input as object) }],
          }).then((answer) =>
            answer === 'refused'
              ? answer
              : (answer as { modifications: unknown[] }).modifications[0],
          ),
        ),
      async (input, pageId) =>
        counted(await graphql(MODIFY, { input: { pageId, ...(input as object) } })),
    ]);
  });

  it('is a part of a list for both or for none', async () => {
    const UNREAD =
      'query($user: ID, $first: Int, $after: String) { it: unread(userId: $user) { pages(first: $first, after: $after) { edges { cursor } } } }';
    const first = fc.oneof(fc.constantFrom(0, 1, 100, 101, 9999), fc.nat({ max: 120 }));
    const after = fc.oneof(
      fc.constantFrom(
        '',
        'x',
        Buffer.from('[1,"a"]').toString('base64url'),
        Buffer.from('["a",1]').toString('base64url'),
      ),
      fc.string({ maxLength: 12 }),
    );
    await agree(fc.record({ first, after: fc.option(after, { nil: undefined }) }), [
      async ({ first: some, after: place }: { first: number; after?: string }, user) => {
        const list = await rest(
          'GET',
          `/users/${user}/unread?first=${some}${place === undefined ? '' : `&after=${encodeURIComponent(place)}`}`,
        );
        return list === 'refused' ? list : 'taken';
      },
      async (part, user) => {
        const list = await graphql(UNREAD, { user, ...(part as object) });
        return list === 'refused' ? list : 'taken';
      },
    ]);
  });
});
