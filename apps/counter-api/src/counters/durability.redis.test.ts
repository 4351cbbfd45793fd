/**
 * Goal    a write is answered when it is as durable as it asks to be, says so, and is refused where nobody can promise that.
 * Method  the app as it is, over a Redis with one replica that is stopped and goes on; requests over HTTP.
 */
import type { RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, type RedisServer, startRedis, until } from '@headcount/testing';
import { startCounterApi } from '../start.js';

const RELAXED = ['--appendfsync', 'everysec'];

describe('durability of one write', () => {
  let primary: RedisServer;
  let replica: RedisServer;
  let app: RunningApp;
  const start = (env: Record<string, string> = {}) =>
    startCounterApi({
      ...{ COUNTER_API_PORT: '0', REDIS_URL: primary.url, LOG_LEVEL: 'fatal' },
      SIGNING_KEYS: TEST_SIGNING_KEYS,
      ...{ WRITE_DEADLINE_MS: '1500', ...env },
    });
  beforeAll(async () => {
    primary = await startRedis({ listen: 'tcp', args: ['--repl-diskless-sync-delay', '0'] });
    const { hostname, port } = new URL(primary.url);
    replica = await startRedis({ listen: 'tcp', args: ['--replicaof', hostname, port] });
    app = await start();
    const write = () => put(app, 'joined', 'replicas:1');
    await until(write, { what: 'the replica', accept: ({ status }) => status === 200 });
  });
  afterAll(async () => {
    await app.close();
    await replica.stop();
    await primary.stop();
  });

  async function put(to: RunningApp, page: string, durability?: string, key?: string) {
    const response = await fetch(`${to.url}/${page}/counters/likes`, {
      method: 'PUT',
      headers: {
        'content-type': 'application/json',
        ...(key !== undefined && { 'idempotency-key': `"${key}"` }),
      },
      body: JSON.stringify({ action: 'increment', durability }),
    });
    const { status, headers } = response;
    const reached = headers.get('headcount-durability');
    const replayed = headers.get('idempotency-replayed');
    return { status, reached, replayed, body: (await response.json()) as unknown };
  }
  /** What a mutation says of its durability, or the code of its error. */
  const graphql = async (to: RunningApp, asked: string): Promise<unknown> => {
    const query = `mutation { incrementCounter(pageId: "g", name: "likes"${asked}) { change { durability } } }`;
    const response = await fetch(`${to.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const { data, errors } = (await response.json()) as {
      data: { incrementCounter: { change: { durability: string } } } | null;
      errors?: { extensions: { code: string } }[];
    };
    return errors?.[0]?.extensions.code ?? data?.incrementCounter.change.durability;
  };
  const countOf = async (page: string): Promise<unknown> => {
    const response = await fetch(`${app.url}/${page}/counters/likes`);
    return ((await response.json()) as { count: number }).count;
  };

  it.each(['memory', 'disk', 'replicas:1'])('is %s where that is asked for', async (durability) => {
    expect(await put(app, `met-${durability}`, durability)).toMatchObject({
      ...{ status: 200, reached: durability, body: { count: 1 } },
    });
  });

  it('is not spoken of where nothing is asked for', async () => {
    expect(await put(app, 'plain')).toMatchObject({ status: 200, reached: null });
  });

  it('is refused before anything is written where there are too few replicas', async () => {
    const refused = { status: 503, body: { code: 'DURABILITY_UNAVAILABLE' } };
    expect(await put(app, 'few', 'replicas:2')).toMatchObject(refused);
    expect(await countOf('few')).toBe(0);
  });

  it('is unknown where a replica does not answer in time, and counts once when it is asked again', async () => {
    process.kill(replica.pid, 'SIGSTOP');
    try {
      expect(await put(app, 'slow', 'replicas:1', 'once')).toMatchObject({
        ...{ status: 503, body: { code: 'OUTCOME_UNKNOWN' } },
      });
    } finally {
      process.kill(replica.pid, 'SIGCONT');
    }
    expect(await put(app, 'slow', 'replicas:1', 'once')).toMatchObject({
      ...{ status: 200, reached: 'replicas:1', replayed: 'true', body: { count: 1 } },
    });
  });

  it('may be less than that of the deployment, and is answered sooner then', async () => {
    const strict = await start({ DURABILITY: 'replicas:2' });
    try {
      expect(await put(strict, 'less', 'memory')).toMatchObject({ status: 200, reached: 'memory' });
      expect(await put(strict, 'less')).toMatchObject({ body: { code: 'OUTCOME_UNKNOWN' } });
    } finally {
      await strict.close();
    }
  });

  it('is told over GraphQL, also where nothing is asked for', async () => {
    expect(await graphql(app, '')).toBe('disk');
    expect(await graphql(app, ', durability: "replicas:1"')).toBe('replicas:1');
    expect(await graphql(app, ', durability: "replicas:2"')).toBe('DURABILITY_UNAVAILABLE');
    expect(await graphql(app, ', durability: "paper"')).toBe('BAD_DURABILITY');
  });

  it('is never called disk where Redis may answer before its fsync', async () => {
    const relaxed = await startRedis({ args: RELAXED });
    const other = await start({ REDIS_URL: relaxed.url });
    try {
      const refused = { status: 503, body: { code: 'DURABILITY_UNAVAILABLE' } };
      expect(await put(other, 'relaxed', 'disk')).toMatchObject(refused);
      expect(await put(other, 'relaxed', 'memory')).toMatchObject({ body: { count: 1 } });
      expect(await graphql(other, '')).toBe('memory');
    } finally {
      await other.close();
      await relaxed.stop();
    }
  });
});
