/**
 * Goal    one process does what three do: the same interfaces, the same wires, one start and one stop.
 * Method  the three apps in this process on free ports, with a private Redis; stock clients over real sockets.
 */
import { createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { buildSchema, lexicographicSortSchema, printSchema, type GraphQLSchema } from 'graphql';
import { SignJWT } from 'jose';
import {
  TEST_SIGNING_KEYS,
  freePort,
  LiveClient,
  type RedisServer,
  startRedis,
  until,
} from '@headcount/testing';
import { startAllInOne, type AllInOne } from './start.js';

type App = 'COUNTER_API' | 'GATEWAY' | 'NOTIFICATION';
type Ports = Readonly<Record<`${App}_PORT` | `${App}_INTERNAL_PORT`, string>>;

const ANY_INTERNAL = {
  COUNTER_API_INTERNAL_PORT: '0',
  GATEWAY_INTERNAL_PORT: '0',
  NOTIFICATION_INTERNAL_PORT: '0',
};

async function freePorts(): Promise<Ports> {
  const [api, gateway, notification] = await Promise.all([freePort(), freePort(), freePort()]);
  return {
    COUNTER_API_PORT: String(api),
    GATEWAY_PORT: String(gateway),
    NOTIFICATION_PORT: String(notification),
    ...ANY_INTERNAL,
  };
}

/** Whether somebody listens on a port of this machine. */
async function taken(port: string): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', () => resolve(true));
    probe.listen(Number(port), '127.0.0.1', () => probe.close(() => resolve(false)));
  });
}

describe('all-in-one', () => {
  let redis: RedisServer;
  let all: AllInOne;
  const shared = () => ({
    REDIS_URL: redis.url,
    LOG_LEVEL: 'fatal',
    DRAIN_MS: '0',
    SIGNING_KEYS: TEST_SIGNING_KEYS,
  });
  const parts = () => [all.counterApi, all.gateway, all.notification];

  beforeAll(async () => {
    redis = await startRedis();
    all = await startAllInOne({ ...shared(), ...(await freePorts()) });
  });
  afterAll(async () => {
    await all.close();
    await redis.stop();
  });

  it('has three apps that are ready, each on its own port', async () => {
    expect(new Set(parts().map(({ port }) => port)).size).toBe(3);
    for (const { url, name } of parts()) {
      const ready = async (): Promise<boolean> => (await fetch(`${url}/health/ready`)).ok;
      await until(ready, { what: `${name} to be ready` });
    }
  });

  it('gives each app the schema that it has alone', () => {
    const sdlOf = (schema: GraphQLSchema): string => printSchema(lexicographicSortSchema(schema));
    for (const { name, nest } of parts()) {
      const { schema } = nest.get(GraphQLSchemaHost, { strict: false });
      const golden = readFileSync(join(__dirname, '../..', name, 'schema.graphql'), 'utf8');
      expect(sdlOf(schema)).toBe(sdlOf(buildSchema(golden)));
    }
  });

  it('gives each app metrics of its own', async () => {
    for (const { internalUrl, name } of parts()) {
      const text = await (await fetch(`${internalUrl}/metrics`)).text();
      const apps = new Set([...text.matchAll(/app="([^"]+)"/g)].map(([, app]) => app));
      expect(apps).toEqual(new Set([name]));
    }
  });

  it('carries presence from a socket through counter-api and Redis to other sockets and to REST', async () => {
    const live = `${all.gateway.url.replace('http', 'ws')}/graphql`;
    const clients = ['v1', 'v2'].map((viewerId) => new LiveClient(live, { viewerId }));
    const [first, second] = clients.map((client) => client.viewing('home'));
    await until(() => first?.last === 2 && second?.last === 2, { what: 'both to see 2' });
    const shown = async (): Promise<unknown> =>
      (await fetch(`${all.url}/home/counter`, { headers: { accept: 'application/json' } })).json();
    expect(await shown()).toMatchObject({ count: 2 });
    await clients[1]?.close();
    await until(() => first?.last === 1, { what: 'the first to see 1' });
    await clients[0]?.close();
    await until(async () => JSON.stringify(await shown()).includes('"count":0'), {
      what: 'REST to show 0',
    });
  });

  it('sends the page of a counter to its own gateway', async () => {
    const page = await fetch(`${all.url}/home/counter`, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain(`ws://127.0.0.1:${all.gateway.port}/graphql`);
  });

  it('carries values by pushes where AUTH is jwt too, not only by the next sync', async () => {
    const secret = 'a secret of more than thirty-two characters';
    const guarded = await startAllInOne({
      ...shared(),
      ...(await freePorts()),
      AUTH: 'jwt',
      AUTH_JWT_SECRET: secret,
      // So late that no sync can stand in for a push.
      SYNC_INTERVAL_MS: '10000',
    });
    const tokenOf = (viewer: string): Promise<string> =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(viewer)
        .sign(createSecretKey(secret, 'utf8'));
    const live = `${guarded.gateway.url.replace('http', 'ws')}/graphql`;
    const first = new LiveClient(live, { token: await tokenOf('v1') });
    const second = new LiveClient(live, { token: await tokenOf('v2') });
    try {
      const seen = first.viewing('guarded');
      await until(() => seen.last === 1, { what: 'the first to see itself' });
      second.viewing('guarded');
      await until(() => seen.last === 2, { what: 'the first to see 2' });
    } finally {
      await Promise.all([first.close(), second.close()]);
      await guarded.close();
    }
  });

  it('closes what it has started where one part cannot start, and says which', async () => {
    const ports = { ...(await freePorts()), GATEWAY_PORT: String(all.gateway.port) };
    await expect(startAllInOne({ ...shared(), ...ports })).rejects.toThrow(
      `Port ${all.gateway.port} on 127.0.0.1 is taken; stop what uses it or set GATEWAY_PORT to another.`,
    );
    expect(await taken(ports.COUNTER_API_PORT)).toBe(false);
    expect(await taken(ports.NOTIFICATION_PORT)).toBe(false);
  });

  it('frees its ports when it is closed', async () => {
    const ports = await freePorts();
    const other = await startAllInOne({ ...shared(), ...ports });
    expect(await taken(ports.COUNTER_API_PORT)).toBe(true);
    await other.close();
    for (const port of Object.values(ports)) expect(await taken(port)).toBe(false);
  });
});
