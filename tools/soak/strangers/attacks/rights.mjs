/** Changes that were not granted. */
import { createHash } from 'node:crypto';
import { many, overHttp } from './kinds.mjs';

const FORBIDDEN = /^(403 FORBIDDEN|429 TOO_MANY)$/;
const REFUSED = /^(40[0139] [A-Z_]+|429 TOO_MANY)$/;
const put = (path, body, headers) => (state, nth) =>
  state.caller.ask(
    'PUT',
    `${state.api}${typeof path === 'function' ? path(nth, state) : path}`,
    body,
    headers,
  );

export const RIGHTS = [
  overHttp('amounts that brick a counter', {
    finding: 4,
    user: 'writer',
    act: put('/post/counters/likes', { action: 'increment', by: 9007199254740991 }),
    expected: REFUSED,
  }),
  overHttp('increments without the claim', {
    finding: 4,
    user: 'plain',
    act: put('/honest-0/counters/likes', { action: 'increment' }),
    expected: FORBIDDEN,
  }),
  overHttp('forged modifications as increments', {
    finding: 5,
    user: 'writer',
    act: put('/honest-0/counters/modifications', { action: 'increment', by: 1 }),
    expected: REFUSED,
  }),
  overHttp('increments of a counter that takes votes', {
    finding: 6,
    user: 'writer',
    act: put('/honest-0/counters/poll', { action: 'increment', by: 1 }),
    expected: FORBIDDEN,
  }),
  overHttp('limits taken from others', {
    finding: 11,
    user: 'plain',
    act: ({ caller, api }) =>
      caller.ask('POST', `${api}/limits/login%2Fann`, {
        ...{ limit: 9007199254740991, windowSeconds: 60, cost: 9007199254740990 },
      }),
    expected: FORBIDDEN,
  }),
  overHttp('operation ids of events to come', {
    finding: 12,
    user: 'writer',
    act: ({ caller, api }, nth) => {
      const id = createHash('sha256').update(`honest-0\nsaved-${nth}`).digest('hex');
      const query =
        'mutation($o: ID!) { incrementCounter(pageId: "honest-0", name: "x", opId: $o) { count } }';
      return caller.graphql(api, query, { o: `event:${id}` });
    },
    expected: /^(4\d\d [A-Z_]+|200 (BAD_OPERATION_ID|FORBIDDEN|RESERVED_[A-Z_]+))$/,
  }),
  overHttp('modifications without the scope', {
    finding: 13,
    user: 'plain',
    act: ({ caller, notification }, nth) =>
      caller.ask('POST', `${notification}/pages/honest-0/modifications`, { eventId: `e${nth}` }),
    expected: FORBIDDEN,
  }),
  overHttp('a region retired, and a counter set, by a user', {
    finding: 14,
    user: 'plain',
    async act({ caller, api }) {
      await caller.graphql(api, 'mutation { retireRegion(name: "local") { name } }');
      return caller.ask('PUT', `${api}/honest-0/counters/likes/value`, { value: 0, reason: 'x' });
    },
    expected: FORBIDDEN,
  }),
  overHttp('acts for another user', {
    user: 'plain',
    async act({ caller, api, notification }) {
      await caller.ask('PUT', `${api}/honest-0/counters/poll/voters/h0`, {});
      return caller.ask('PUT', `${notification}/users/h0/follows/spam`);
    },
    expected: FORBIDDEN,
  }),
  overHttp('tokens that are none, of every kind', {
    async act({ caller, api, users }, nth) {
      const [head, body, signature] = users.plain.split('.');
      const none = Buffer.from('{"alg":"none"}').toString('base64url');
      const forged = [
        `${none}.${body}.`,
        `${head}.${body}.${signature.slice(0, -3)}AAA`,
        `hck_${'A'.repeat(43)}`,
        'x'.repeat(6000),
      ];
      const authorization = `Bearer ${forged[nth % forged.length]}`;
      return caller.ask('PUT', `${api}/a/counters/b`, { action: 'increment' }, { authorization });
    },
    expected: /^(401 UNAUTHENTICATED|429 TOO_MANY|431 .*)$/,
  }),
  overHttp('messages of the deployment, forged', {
    finding: 17,
    async act({ caller, api, gateway, notification }, nth) {
      const urls = [
        `${api}/internal/v1/sync`,
        `${gateway}/internal/v1/push`,
        `${api}/internal/v1/region/pull`,
        `${notification}/metrics`,
      ];
      return caller.ask(
        nth % 4 === 3 ? 'GET' : 'POST',
        urls[nth % 4],
        nth % 4 === 3 ? undefined : Buffer.alloc(900_000, ' '),
      );
    },
    expected: /^(40[0134] [A-Z_]+|413 PAYLOAD_TOO_LARGE|429 TOO_MANY)$/,
  }),
  overHttp('addresses that a header claims', {
    finding: 19,
    act: ({ caller, api }, nth) =>
      caller.ask('GET', `${api}/honest-0/counter`, undefined, {
        'x-forwarded-for': `203.0.113.${nth % 250}, 198.51.100.${nth % 250}`,
        forwarded: `for="[2001:db8::${(nth % 65536).toString(16)}]"`,
      }),
    expected: /^(200 ok|429 TOO_MANY)$/,
  }),
  overHttp('a batch of changes that are not granted', {
    user: 'plain',
    act: ({ caller, api }) =>
      caller.ask('POST', `${api}/counters`, {
        changes: many(500, (at) => ({ page: `q${at}`, name: 'likes', action: 'increment' })),
      }),
    expected: /^(200 FORBIDDEN|403 FORBIDDEN|429 TOO_MANY)$/,
  }),
];
