/**
 * Goal    each app speaks GraphQL over HTTP as the specification asks (https://graphql.github.io/graphql-over-http/draft/).
 * Method  the audit of graphql-http against real processes, started with the settings that everybody has.
 */
import { auditServer, type AuditFail } from 'graphql-http';
import type { System } from '@headcount/testing';
import { startWholeSystem } from './whole-system.js';

/** Most recommendations that an app leaves aside. */
const WARNINGS_MAX = 3;

describe('GraphQL over HTTP', () => {
  let system: System;
  beforeAll(async () => {
    system = await startWholeSystem();
  }, 60_000);
  afterAll(() => system.stop());

  it.each(['apiUrl', 'gatewayUrl', 'notificationUrl'] as const)(
    'is spoken as it must be at %s',
    async (urlOf) => {
      const results = await auditServer({ url: `${system[urlOf]()}/graphql` });
      expect(results.length).toBeGreaterThan(50);
      const failed = (status: string): string[] =>
        results
          .filter((result): result is AuditFail => result.status === status)
          .map(({ name, reason }) => `${name}: ${reason}`);
      expect(failed('error')).toEqual([]);
      expect(failed('warn').slice(WARNINGS_MAX)).toEqual([]);
    },
    30_000,
  );
});
