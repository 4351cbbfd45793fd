/**
 * Goal    a page without a token shows live counters where everyone may read, and counts nobody.
 * Method  the app as it is over a fake counter-api, stock clients.
 */
import type { Client } from 'graphql-ws';
import type { RunningApp } from '@headcount/platform';
import { until } from '@headcount/testing';
import type { FakeCounterApi } from '../testing/fake-counter-api.js';
import { testClient, viewing, watching } from '../testing/test-client.js';
import { startTestPair } from '../testing/test-gateway.js';

const JWT = { DRAIN_MS: '0', AUTH: 'jwt', AUTH_JWT_SECRET: 'a-secret-that-only-the-site-knows' };

describe('a socket without a token', () => {
  let fake: FakeCounterApi;
  let app: RunningApp;
  const clients: Client[] = [];
  const start = async (more: Record<string, string>): Promise<void> => {
    ({ fake, app } = await startTestPair({ ...JWT, ...more }));
  };
  const client = (params: Record<string, unknown>, query = ''): Client => {
    const made = testClient(app.url, params, query);
    clients.push(made);
    return made;
  };
  const closedWith = (made: Client): Promise<number> =>
    new Promise((resolve) => {
      made.on('closed', (event) => resolve((event as { readonly code: number }).code));
    });
  afterEach(async () => {
    await Promise.allSettled(clients.splice(0).map((made) => made.dispose()));
    await app.close();
    await fake.stop();
  });

  it('watches if it asks for that, whatever its address says, and is never present', async () => {
    await start({});
    const made = client({ watch: true, viewerId: 'ada', token: null }, '?v=ada');
    const watched = watching(made, 'home');
    await until(() => watched.last() === 0);
    const refused = viewing(made, 'home');
    await until(() => refused.errors.length === 1);
    expect(refused.errors).toMatchObject([[{ extensions: { code: 'UNAUTHENTICATED' } }]]);
    expect(fake.store.presenceOn('home')).toEqual({ viewers: 0, connections: 0 });
  });

  it.each([
    ['it does not ask for that', {}, {}],
    ['it shows a token that is not good', {}, { watch: true, token: 'x' }],
    ['it does not say true', {}, { watch: 'yes' }],
    ['reads need a token', { READS: 'token' }, { watch: true }],
  ])('is closed with 4401 where %s', async (_, settings, params) => {
    await start(settings);
    const made = client(params);
    const closed = closedWith(made);
    watching(made, 'home');
    expect(await closed).toBe(4401);
  });

  it('is a viewer like any other where AUTH is off', async () => {
    await start({ AUTH: 'off', AUTH_JWT_SECRET: '' });
    const present = viewing(client({ watch: true, viewerId: 'ada' }), 'home');
    await until(() => present.last() === 1);
  });
});
