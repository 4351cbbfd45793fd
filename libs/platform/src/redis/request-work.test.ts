import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import Fastify from 'fastify';
import { HeadcountError } from '@headcount/protocol';
import { Metrics } from '../metrics/metrics.js';
import { RequestLoader, oneByOne } from './request-loader.js';
import { budgetStoreCalls } from './store-call-budget.js';
import {
  RequestWork,
  currentRequest,
  demandStoreCall,
  forgetReads,
  outsideRequests,
  outsideRequestsAlways,
  takeStoreCall,
  withinRequest,
} from './request-work.js';

describe('the store calls of a request', () => {
  const codeOf = (refusal: HeadcountError | null): string | undefined => refusal?.code;

  it('are as many as it may make, through all that is awaited, and no more', async () => {
    const refused: string[] = [];
    const work = new RequestWork({ callsMax: 3, onRefused: (why) => refused.push(why) });
    const codes = await withinRequest(work, () =>
      Promise.all(
        Array.from({ length: 5 }, async () => {
          await turn();
          return codeOf(takeStoreCall());
        }),
      ),
    );
    expect(codes).toEqual([undefined, undefined, undefined, 'TOO_COMPLEX', 'TOO_COMPLEX']);
    expect(refused).toEqual(['too_complex']);
    expect(() => withinRequest(work, demandStoreCall)).toThrow(HeadcountError);
  });

  it('are those of no other request, and of none outside of requests', async () => {
    const [one, other] = [new RequestWork({ callsMax: 1 }), new RequestWork({ callsMax: 1 })];
    await Promise.all([
      withinRequest(one, async () => {
        await turn();
        expect(takeStoreCall()).toBeNull();
        expect(outsideRequests(takeStoreCall)).toBeNull();
        expect(outsideRequests(currentRequest)).toBeUndefined();
        const port = outsideRequestsAlways({ size: 2, call: () => takeStoreCall() });
        expect([port.call(), port.size]).toEqual([null, 2]);
        expect(codeOf(takeStoreCall())).toBe('TOO_COMPLEX');
      }),
      withinRequest(other, async () => {
        await turn();
        expect(takeStoreCall()).toBeNull();
      }),
    ]);
    expect(takeStoreCall()).toBeNull();
  });

  it('end when the caller has gone, and are nobody’s when it has been answered', () => {
    const [gone, answered] = [new RequestWork({ callsMax: 1 }), new RequestWork({ callsMax: 1 })];
    gone.end(false);
    gone.end(true);
    expect(codeOf(gone.take())).toBe('TOO_COMPLEX');
    answered.end(true);
    expect([answered.take(), answered.take()]).toEqual([null, null]);
  });
});

describe('what a request reads', () => {
  const harness = () => {
    const reads: (readonly string[])[] = [];
    const loader = new RequestLoader<string, string>({
      read: (keys) => {
        reads.push(keys);
        return oneByOne(async (key: string) => {
          if (key === 'bad') throw new HeadcountError('OUT_OF_RANGE');
          return `of ${key}`;
        })(keys);
      },
      textOf: (key) => key,
    });
    return { reads, loader };
  };
  const request = <T>(task: () => T): T => withinRequest(new RequestWork({ callsMax: 9 }), task);

  it('is read together, and once, until it writes', async () => {
    const { reads, loader } = harness();
    await request(async () => {
      await Promise.all(['a', 'b', 'a'].map((key) => loader.load(key)));
      await loader.load('b');
      forgetReads();
      await loader.load('b');
    });
    expect(reads).toEqual([['a', 'b'], ['b']]);
  });

  it('is not what another request has read, nor what was read outside of requests', async () => {
    const { reads, loader } = harness();
    for (let times = 0; times < 2; times += 1) await request(() => loader.load('a'));
    for (let times = 0; times < 2; times += 1) await loader.load('a');
    expect(reads).toHaveLength(4);
  });

  it('is there though something else of it cannot be had', async () => {
    const { loader } = harness();
    const all = request(() => Promise.allSettled(['a', 'bad'].map((key) => loader.load(key))));
    expect(await all).toMatchObject([
      { value: 'of a' },
      { reason: expect.objectContaining({ code: 'OUT_OF_RANGE' }) as unknown },
    ]);
  });
});

describe('a request over HTTP', () => {
  it('has a budget, and none once its caller has gone; what is internal has none', async () => {
    const fastify = Fastify();
    const metrics = new Metrics('test');
    budgetStoreCalls(fastify as unknown as Parameters<typeof budgetStoreCalls>[0], 2, metrics);
    const codes = () => [1, 2, 3].map(() => takeStoreCall()?.code ?? null);
    fastify.get('/codes', () => Promise.resolve(codes()));
    fastify.get('/internal/codes', () => Promise.resolve(codes()));
    let arrived = (): void => undefined;
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    let after: Promise<unknown> = Promise.resolve();
    fastify.get('/slow', (_, reply) => {
      after = once(reply.raw, 'close').then(codes);
      arrived();
      return after;
    });
    await fastify.listen({ port: 0, host: '127.0.0.1' });
    try {
      const { port } = fastify.server.address() as AddressInfo;
      const get = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).json();
      expect(await get('/codes')).toEqual([null, null, 'TOO_COMPLEX']);
      expect(await get('/internal/codes')).toEqual([null, null, null]);
      const caller = httpRequest({ port, host: '127.0.0.1', path: '/slow' });
      caller.on('error', () => undefined).end();
      await arrival;
      caller.destroy();
      expect(await after).toEqual(['TOO_COMPLEX', 'TOO_COMPLEX', 'TOO_COMPLEX']);
      const told = await metrics.registry.metrics();
      expect(told).toMatch(/requests_cut_short_total\{.*why="gone".*\} 1/);
    } finally {
      await fastify.close();
    }
  });
});
