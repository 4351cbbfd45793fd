/** Floods of what is kept, and of what is asked of Redis. */
import { randomUUID } from 'node:crypto';
import { many, overHttp } from './kinds.mjs';

const BOUNDED = /^(200 [A-Za-z_]+|202 ok|204 ok|409 [A-Z_]+|429 TOO_MANY|503 [A-Z_]+|507 [A-Z_]+)$/;

export const STORE = [
  overHttp('batches with a key for each of 500 changes', {
    finding: 9,
    user: 'writer',
    act: ({ caller, api }) => {
      const change = { page: 'honest-0', name: 'spam', action: 'increment' };
      const changes = many(500, () => ({ ...change, key: randomUUID() }));
      return caller.ask('POST', `${api}/counters`, { changes });
    },
    expected: /^(200|4\d\d|503) /,
  }),
  overHttp('keyed writes on one page', {
    finding: 9,
    user: 'writer',
    act: ({ caller, api }) =>
      caller.ask(
        'PUT',
        `${api}/honest-0/counters/spam`,
        { action: 'increment' },
        {
          'idempotency-key': `"${randomUUID()}"`,
        },
      ),
    expected: BOUNDED,
  }),
  overHttp('leases on pages of its own', {
    finding: 10,
    user: 'plain',
    act: ({ caller, api, lane }, nth) =>
      caller.graphql(
        api,
        'mutation($p: ID!) { leaseViewer(pageId: $p, ttlSeconds: 3600) { count } }',
        { p: `lease/${lane}/${nth}` },
      ),
    expected: BOUNDED,
  }),
  overHttp('a new counter each time', {
    finding: 16,
    user: 'writer',
    act: ({ caller, api, lane }, nth) =>
      caller.ask('PUT', `${api}/new-${lane}-${nth}/counters/x${nth}`, { action: 'increment' }),
    expected: BOUNDED,
  }),
  overHttp('votes on new pages, and taken back', {
    user: 'writer',
    act: ({ caller, api, lane }, nth) =>
      caller.ask(
        nth % 2 === 0 ? 'PUT' : 'DELETE',
        `${api}/vote-${lane}-${nth >> 1}/counters/poll/voters/writer`,
        nth % 2 === 0 ? { choice: `c${nth % 7}` } : undefined,
      ),
    expected: BOUNDED,
  }),
  overHttp('follows of new pages', {
    finding: 3,
    user: 'plain',
    act: ({ caller, notification, lane }, nth) =>
      caller.ask('PUT', `${notification}/users/plain/follows/f-${lane}-${nth}`),
    expected: BOUNDED,
  }),
  overHttp('follows of a user who has as many as one may', {
    finding: 3,
    user: 'full',
    act: ({ caller, notification, lane }, nth) =>
      caller.ask('PUT', `${notification}/users/full/follows/g-${lane}-${nth}`),
    expected: BOUNDED,
  }),
  overHttp('every window of the trending pages', {
    finding: 15,
    act: ({ caller, api }, nth) =>
      caller.ask(
        'GET',
        `${api}/trending?first=${1 + (nth % 100)}&windowSeconds=${10 + ((nth * 97) % 3500)}`,
      ),
    expected: BOUNDED,
  }),
  overHttp('waits for changes that do not come', {
    finding: 28,
    concurrency: 200,
    async act({ caller, api, lane }) {
      const { status, text } = await caller.send('GET', `${api}/wait-${lane}/counter`);
      if (status !== 200) return `${status} ${/"code":"([A-Z_]+)"/.exec(text)?.[1] ?? ''}`;
      return caller.ask('GET', `${api}/wait-${lane}/counter`, undefined, {
        ...{ prefer: 'wait=2', 'if-none-match': '"0.0"' },
      });
    },
    expected: /^(200 ok|304 ok|429 TOO_MANY)$/,
  }),
  overHttp('cursors that are none', {
    user: 'plain',
    act: ({ caller, notification }, nth) =>
      caller.ask('POST', `${notification}/users/plain/reads`, {
        cursor: Buffer.alloc(3000, nth % 256).toString('base64url'),
      }),
    expected: /^(400 [A-Z_]+|413 PAYLOAD_TOO_LARGE|429 TOO_MANY)$/,
  }),
  overHttp('page ids of 256 bytes, another each time', {
    act: ({ caller, api, lane }, nth) =>
      caller.ask('GET', `${api}/${'%C3%A4'.repeat(120)}${lane}-${nth}/counters/x`),
    expected: BOUNDED,
  }),
];
