/**
 * The schema is what its golden file says; `UPDATE_GOLDEN=1 npx jest realtime-gateway/src/golden`
 * writes it anew.
 */
import { join } from 'node:path';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { costFaults, subgraphSdl, type RunningApp } from '@headcount/platform';
import { TEST_SIGNING_KEYS, expectGolden } from '@headcount/testing';
import { startRealtimeGateway } from './start.js';
import { ENTITIES } from './subscriptions/gateway.resolver.js';

describe('golden files of realtime-gateway', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startRealtimeGateway({
      GATEWAY_PORT: '0',
      LOG_LEVEL: 'silent',
      SIGNING_KEYS: TEST_SIGNING_KEYS,
      DRAIN_MS: '0',
    });
  });
  afterAll(() => app.close());

  it('has the schema of schema.graphql', () => {
    const { schema } = app.nest.get(GraphQLSchemaHost, { strict: false });
    expectGolden(
      join(__dirname, '..', 'schema.graphql'),
      `${printSchema(lexicographicSortSchema(schema))}\n`,
    );
  });

  it('declares what every field costs that reads, computes, or answers as much as it is asked for', () => {
    const { schema } = app.nest.get(GraphQLSchemaHost, { strict: false });
    expect(costFaults(schema)).toEqual([]);
  });

  it('is the subgraph of subgraph.graphql', () => {
    const { schema } = app.nest.get(GraphQLSchemaHost, { strict: false });
    expectGolden(join(__dirname, '..', 'subgraph.graphql'), subgraphSdl(schema, ENTITIES));
  });
});
