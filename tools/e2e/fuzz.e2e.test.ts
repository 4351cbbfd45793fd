/**
 * Goal    nothing that a stranger sends breaks an app, nothing that is refused changes anything, and what is taken counts once.
 * Method  real processes and a real Redis; requests made from the OpenAPI documents and the schemas by a seed that is printed,
 *         sent as bytes on sockets; after each of them Redis is compared key by key with what it was before, and the logs
 *         are read as whoever collects them would. HEADCOUNT_FUZZ_* make it longer (`npm run soak -- fuzz`).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { buildClientSchema, getIntrospectionQuery, type GraphQLSchema } from 'graphql';
import { Redis } from 'ioredis';
import { until, type System } from '@headcount/testing';
import { graphqlRequests, operation } from './fuzz/graphql-documents.js';
import { faultsOf } from './fuzz/judge.js';
import { KNOWN } from './fuzz/known.js';
import { forgedLines } from './fuzz/logs.js';
import { NaughtyCaller } from './fuzz/naughty.js';
import { send } from './fuzz/raw-http.js';
import { restRequests, type OpenApi } from './fuzz/rest-requests.js';
import { Strangers } from './fuzz/strangers.js';
import { NAUGHTY } from './fuzz/texts.js';
import { startWholeSystem } from './whole-system.js';

const { env } = process;
const SEED = Number(env.HEADCOUNT_FUZZ_SEED ?? 1);
/** Requests over REST, documents over GraphQL, and naughty strings. */
const REQUESTS = Number(env.HEADCOUNT_FUZZ_REQUESTS ?? 400);
const DOCUMENTS = Number(env.HEADCOUNT_FUZZ_DOCUMENTS ?? 100);
const STRINGS = Math.min(Number(env.HEADCOUNT_FUZZ_STRINGS ?? 25), NAUGHTY.length);
const BUCKETS = 4;
const MINUTES_10 = 600_000;

const openApiOf = (app: string): OpenApi =>
  JSON.parse(readFileSync(join(__dirname, '../../apps', app, 'openapi.json'), 'utf8'));

async function schemaAt(url: string): Promise<GraphQLSchema> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: getIntrospectionQuery() }),
  });
  return buildClientSchema(((await response.json()) as { data: never }).data);
}

const drawn = <T>(arbitrary: fc.Arbitrary<T>, total: number, share: number): T[] =>
  fc.sample(arbitrary, { seed: SEED, numRuns: Math.ceil(total * share) });

/** The first to come to a bucket begins its incarnation, whatever becomes of what is asked: here that is none of them. */
async function useAllBuckets(system: System, redis: Redis): Promise<void> {
  const query =
    'mutation ($pageId: ID!) { incrementCounter(pageId: $pageId, name: "first") { count } }';
  for (let at = 0; (await redis.keys('*:meta')).length < BUCKETS; at += 1)
    await send(system.apiUrl(), operation(query, { pageId: `first/${at}` }));
}

/** A system and who speaks to it, for the tests of one block. */
function started() {
  let running: { system: System; redis: Redis } | null = null;
  beforeAll(async () => {
    // Every request is logged, the buckets are few, and little is done in between.
    const settings = { LOG_LEVEL: 'debug', BUCKETS: String(BUCKETS), SYNC_INTERVAL_MS: '10000' };
    const system = await startWholeSystem(settings);
    const redis = new Redis(system.redis.url);
    running = { system, redis };
    await useAllBuckets(system, redis);
  }, 60_000);
  afterAll(async () => {
    running?.redis.disconnect();
    await running?.system.stop();
  });
  return () => {
    if (running === null) throw new Error('the system has not started');
    const { system, redis } = running;
    const apps = [...system.counterApis, ...system.gateways, ...system.notifications];
    return { system, apps, strangers: new Strangers(redis, apps) };
  };
}

/** What was answered how often, for whoever looks. */
function tell(strangers: Strangers): void {
  if (env.HEADCOUNT_FUZZ_TELL !== undefined) process.stdout.write(`${strangers.told()}\n`);
}

describe(`requests of strangers (seed ${SEED})`, () => {
  const region = started();

  it.each([
    ['counter-api', 'apiUrl'],
    ['notification', 'notificationUrl'],
  ] as const)(
    'break nothing over REST of %s',
    async (app, urlOf) => {
      const { system, strangers } = region();
      const requests = drawn(restRequests(openApiOf(app)), REQUESTS, 0.5);
      await strangers.askAll(system[urlOf](), [...KNOWN, ...requests]);
      expect(strangers.loggedFaults()).toEqual([]);
      // Else everything was refused at the door.
      expect(strangers.outcomes.get('GET 200')).toBeGreaterThan(0);
      expect(strangers.outcomes.get('PUT 200')).toBeGreaterThan(0);
      tell(strangers);
    },
    MINUTES_10,
  );

  it.each([
    ['apiUrl', 0.45],
    ['notificationUrl', 0.45],
    ['gatewayUrl', 0.1],
  ] as const)(
    'break nothing over GraphQL at %s',
    async (urlOf, share) => {
      const { system, strangers } = region();
      const url = system[urlOf]();
      await strangers.askAll(url, drawn(graphqlRequests(await schemaAt(url)), DOCUMENTS, share));
      expect(strangers.loggedFaults()).toEqual([]);
      expect(strangers.outcomes.get('POST 200')).toBeGreaterThan(0);
      tell(strangers);
    },
    MINUTES_10,
  );
});

describe(`naughty strings (seed ${SEED})`, () => {
  const region = started();

  it(
    'count once where they are taken, and change nothing where they are not',
    async () => {
      const { system, strangers } = region();
      const caller = new NaughtyCaller(system, strangers);
      const bounds = { minLength: STRINGS, maxLength: STRINGS };
      const [texts = []] = drawn(fc.shuffledSubarray([...NAUGHTY], bounds), 1, 1);
      for (const text of texts) await caller.say(text);
      expect(caller.counters).toBeGreaterThan(0);
      expect(await caller.miscounted()).toEqual([]);
      expect(strangers.loggedFaults()).toEqual([]);
      tell(strangers);
    },
    2 * MINUTES_10,
  );

  it('are told of a store that is away, and of nothing worse', async () => {
    const { system, apps } = region();
    await system.redis.kill9();
    const urls = { 'counter-api': system.apiUrl(), notification: system.notificationUrl() };
    const asked = (['counter-api', 'notification'] as const).flatMap((app) =>
      drawn(restRequests(openApiOf(app)), 40, 1).map((request) => ({ url: urls[app], request })),
    );
    const answers = await Promise.all(
      asked.map(async ({ url, request }) => ({ request, answer: await send(url, request) })),
    );
    expect(answers.flatMap(({ request, answer }) => faultsOf(request, answer, false))).toEqual([]);
    expect(answers.filter(({ answer }) => answer.status === 503).length).toBeGreaterThan(0);
    await system.redis.restart();
    const isReady = async (url: string): Promise<boolean> =>
      (await fetch(`${url}/health/ready`)).ok;
    for (const { url } of apps)
      await until(() => isReady(url), { what: `${url} to be ready`, timeoutMs: 20_000 });
    expect(apps.flatMap(({ output }) => forgedLines(output))).toEqual([]);
  }, 60_000);
});
