/**
 * Goal    what is visited through one counter-api trends for subscribers of every gateway, each visit once.
 * Method  real processes; visits with operation ids, each sent through both counter-apis; stock graphql-ws clients.
 */
import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';
import { startSystem, until, type System } from '@headcount/testing';

describe('trending', () => {
  let system: System;
  const clients: Client[] = [];
  beforeAll(async () => {
    system = await startSystem({ counterApis: 2, gateways: 2 });
  }, 60_000);
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.dispose()));
    await system.stop();
  });

  async function visit(pageId: string, operation: string, counterApi: number): Promise<void> {
    const change = `pageId: "${pageId}", name: "visits", opId: "${operation}"`;
    const response = await fetch(`${system.apiUrl(counterApi)}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `mutation { incrementCounter(${change}) { count } }` }),
    });
    expect(await response.json()).not.toHaveProperty('errors');
  }

  function subscribed(gateway: number): unknown[] {
    const client = createClient({
      url: system.liveUrl(gateway),
      webSocketImpl: WebSocket,
      // All in one the gateway is the last to listen.
      shouldRetry: () => true,
      retryAttempts: Infinity,
      retryWait: () => new Promise((resolve) => setTimeout(resolve, 50)),
    });
    clients.push(client);
    const seen: unknown[] = [];
    const query = 'subscription { trendingChanged(first: 3, windowSeconds: 600) { pageId gain } }';
    client.subscribe(
      { query },
      {
        next: ({ data }) => seen.push(data?.trendingChanged),
        error: (cause) => seen.push(cause),
        complete: () => undefined,
      },
    );
    return seen;
  }

  it('is the same for all, whoever took the visits, and counts each once', async () => {
    const all = [subscribed(0), subscribed(1)];
    await until(() => all.every((seen) => seen.length === 1), { what: 'the first value' });
    expect(all).toEqual([[[]], [[]]]);
    const pages = ['a', 'b', 'c', 'd'];
    await Promise.all(
      pages.flatMap((pageId, most) =>
        Array.from({ length: most + 1 }, async (_, nth) => {
          await visit(pageId, `${pageId}-${nth}`, nth % 2);
          await visit(pageId, `${pageId}-${nth}`, (nth + 1) % 2);
        }),
      ),
    );
    const top = [
      { pageId: 'd', gain: 4 },
      { pageId: 'c', gain: 3 },
      { pageId: 'b', gain: 2 },
    ];
    await until(() => all.every((seen) => JSON.stringify(seen.at(-1)) === JSON.stringify(top)), {
      what: 'the top of both',
      timeoutMs: 10_000,
    });
    for (const counterApi of [0, 1]) {
      const response = await fetch(
        `${system.apiUrl(counterApi)}/trending?first=3&windowSeconds=600`,
      );
      expect(await response.json()).toEqual({
        window_seconds: 600,
        pages: top.map(({ pageId, gain }) => ({ page_id: pageId, gain })),
      });
    }
  }, 30_000);
});
