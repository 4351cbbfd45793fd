/** The schema and the OpenAPI document are what their golden files say. */
import { join } from 'node:path';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { costFaults, subgraphSdl, type RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, expectGolden, type RedisServer, startRedis } from '@headcount/testing';
import { ENTITIES } from './federation/entity.resolver.js';
import { openApiDocument } from './openapi.js';
import { startCounterApi } from './start.js';

const golden = (name: string): string => join(__dirname, '..', name);

describe('golden files of counter-api', () => {
  let redis: RedisServer;
  let app: RunningApp;
  beforeAll(async () => {
    redis = await startRedis();
    app = await startCounterApi({
      COUNTER_API_PORT: '0',
      REDIS_URL: redis.url,
      LOG_LEVEL: 'fatal',
      SIGNING_KEYS: TEST_SIGNING_KEYS,
    });
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  it('has the schema of schema.graphql', () => {
    const { schema } = app.nest.get(GraphQLSchemaHost, { strict: false });
    expectGolden(golden('schema.graphql'), `${printSchema(lexicographicSortSchema(schema))}\n`);
  });

  it('declares what every field costs that reads, computes, or answers as much as it is asked for', () => {
    const { schema } = app.nest.get(GraphQLSchemaHost, { strict: false });
    expect(costFaults(schema)).toEqual([]);
  });

  it('is the subgraph of subgraph.graphql', () => {
    const { schema } = app.nest.get(GraphQLSchemaHost, { strict: false });
    expectGolden(golden('subgraph.graphql'), subgraphSdl(schema, ENTITIES));
  });

  it('has the REST interface of openapi.json', () => {
    expectGolden(golden('openapi.json'), `${JSON.stringify(openApiDocument(app.nest), null, 2)}\n`);
  });
});
