/** The schema and the OpenAPI document are what their golden files say. */
import { join } from 'node:path';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { costFaults, subgraphSdl, type RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, expectGolden, type RedisServer, startRedis } from '@headcount/testing';
import { ENTITIES } from './federation/entity.resolver.js';
import { openApiDocument } from './openapi.js';
import { startNotification } from './start.js';

describe('golden files of notification', () => {
  let redis: RedisServer;
  let app: RunningApp;
  beforeAll(async () => {
    redis = await startRedis();
    app = await startNotification({
      NOTIFICATION_PORT: '0',
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
    const sdl = `${printSchema(lexicographicSortSchema(schema))}\n`;
    expectGolden(join(__dirname, '../schema.graphql'), sdl);
  });

  it('declares what every field costs that reads, computes, or answers as much as it is asked for', () => {
    const { schema } = app.nest.get(GraphQLSchemaHost, { strict: false });
    expect(costFaults(schema)).toEqual([]);
  });

  it('is the subgraph of subgraph.graphql', () => {
    const { schema } = app.nest.get(GraphQLSchemaHost, { strict: false });
    expectGolden(join(__dirname, '../subgraph.graphql'), subgraphSdl(schema, ENTITIES));
  });

  it('has the REST interface of openapi.json', () => {
    const document = `${JSON.stringify(openApiDocument(app.nest), null, 2)}\n`;
    expectGolden(join(__dirname, '../openapi.json'), document);
  });
});
