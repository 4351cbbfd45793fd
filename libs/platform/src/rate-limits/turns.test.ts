/**
 * Goal    large requests of one caller are worked on one after the other, small ones and those of others never wait for them.
 * Method  a server of Fastify with the limits before one route, whose work ends when the test says so.
 */
import fastify, { type FastifyInstance } from 'fastify';
import { ok } from '@headcount/crdt';
import { until } from '@headcount/testing';
import type { NestFastify } from '../http/fastify-adapter.js';
import { RequestLimits, type RequestLimitsOptions } from './request-limits.js';
import { weighedByList } from './weights.js';

const config: RequestLimitsOptions['config'] = {
  AUTH: 'jwt',
  RATE_LIMIT_PER_CALLER: undefined,
  RATE_LIMIT_PER_SERVICE: undefined,
  RATE_LIMIT_PER_ADDRESS: undefined,
} as RequestLimitsOptions['config'];

interface Working {
  readonly caller: string;
  readonly length: number;
  readonly end: () => void;
}

describe('the turns of large requests', () => {
  let app: FastifyInstance;
  let url: string;
  let working: Working[];
  beforeEach(async () => {
    working = [];
    app = fastify();
    const limits = new RequestLimits({
      config,
      clock: { monotonicMs: () => 0 },
      metrics: { answered: () => undefined, failed: () => undefined } as never,
      authenticator: {
        ofRequest: async ({ authorization }: { authorization?: string }) =>
          ok({ kind: 'viewer', id: authorization }),
      } as never,
      crowded: { note: () => undefined },
    });
    limits.install(app as unknown as NestFastify);
    app.post('/', { config: weighedByList('list') }, ({ headers, body }) => {
      const { list } = body as { readonly list: readonly unknown[] };
      return new Promise((resolve) =>
        working.push({
          ...{ caller: headers.authorization ?? '', length: list.length },
          end: () => resolve({ length: list.length }),
        }),
      );
    });
    url = await app.listen({ port: 0 });
  });
  afterEach(async () => {
    for (const { end } of working) end();
    app.server.closeAllConnections();
    await app.close();
  });

  const ask = (caller: string, length: number, signal?: AbortSignal): Promise<number> =>
    fetch(url, {
      ...{ method: 'POST', signal: signal ?? null },
      headers: { authorization: caller, 'content-type': 'application/json' },
      body: JSON.stringify({ list: Array.from({ length }, () => 0) }),
    }).then(({ status }) => status);
  const lengthsOf = (caller: string): number[] =>
    working.filter((one) => one.caller === caller).map(({ length }) => length);

  it('let one caller have a large one in work, and everybody else the whole of it', async () => {
    const large = [100, 101, 102].map((length) => ask('ann', length));
    await until(() => lengthsOf('ann').length === 1);
    const small = [ask('ann', 1), ask('ann', 1)];
    const others = [ask('bob', 90), ask('bob', 10), ask('cyd', 100)];
    await until(() => working.length === 6);
    expect(lengthsOf('ann')).toEqual([expect.any(Number), 1, 1]);
    expect(lengthsOf('bob').sort()).toEqual([10, 90]);
    for (let begun = 7; begun <= 8; begun += 1) {
      for (const { end } of working) end();
      await until(() => working.length === begun);
    }
    for (const { end } of working) end();
    expect(await Promise.all([...large, ...small, ...others])).toEqual(Array(8).fill(200));
  });

  it('go on when the caller whose turn it was goes away', async () => {
    const abort = new AbortController();
    const gone = ask('ann', 100, abort.signal);
    await until(() => working.length === 1);
    const waiting = ask('ann', 100);
    abort.abort();
    await expect(gone).rejects.toThrow();
    await until(() => working.length === 2);
    working[1]?.end();
    expect(await waiting).toBe(200);
  });

  it('are not taken by who goes away while waiting', async () => {
    const first = ask('ann', 100);
    await until(() => working.length === 1);
    const abort = new AbortController();
    const gone = ask('ann', 100, abort.signal);
    abort.abort();
    await expect(gone).rejects.toThrow();
    const last = ask('ann', 99);
    working[0]?.end();
    expect(await first).toBe(200);
    await until(() => working.length === 2);
    expect(lengthsOf('ann')).toEqual([100, 99]);
    working[1]?.end();
    expect(await last).toBe(200);
  });
});
