/**
 * Goal    counts are right after any part has died, frozen or forgotten (issue "the whole chain", 2 to 5).
 * Method  real processes, killed and stopped by signals; datagrams spoiled by a proxy with a printed seed.
 */
import { BLOCKED, LiveClient, startSystem, until, type LiveSubscription } from '@headcount/testing';
import { metric, restCount } from './rest-count.js';

/** One region with two gateways and some viewers on a page: `a…` on the first gateway, `b…` on the second. */
async function startWithViewers(page: string, options: Parameters<typeof startSystem>[0] = {}) {
  const system = await startSystem({ gateways: 2, ...options });
  const clients: LiveClient[] = [];
  const view = (viewerId: string, gateway: number): LiveSubscription => {
    const client = new LiveClient(system.liveUrl(gateway), { viewerId });
    clients.push(client);
    return client.viewing(page);
  };
  const first = ['a1', 'a2', 'a3'].map((viewerId) => view(viewerId, 0));
  const second = ['b1', 'b2'].map((viewerId) => view(viewerId, 1));
  const stop = async (): Promise<void> => {
    await Promise.all(clients.map((client) => client.close()));
    await system.stop();
  };
  await until(() => [...first, ...second].every(({ last }) => last === 5), {
    what: 'all to see five',
    timeoutMs: 10_000,
  });
  return { system, first, second, stop, view };
}

const everyone = (
  subscriptions: readonly LiveSubscription[],
  count: number,
  what: string,
  timeoutMs = 30_000,
) =>
  until(() => subscriptions.map(({ last }) => last), {
    what,
    timeoutMs,
    accept: (counts) => counts.every((seen) => seen === count),
  });

const secondsSince = (ms: number): string => ((performance.now() - ms) / 1000).toFixed(1);

describe('a gateway that dies', () => {
  it('is counted out on the others, and its clients are counted again once when they are back', async () => {
    const { system, first, second, stop } = await startWithViewers('killed');
    const gateway = system.gateways[0];
    const killedMs = performance.now();
    await gateway?.end('SIGKILL');
    await everyone(second, 2, 'the dead gateway to be counted out');
    process.stdout.write(`kill -9 to exact on the others: ${secondsSince(killedMs)} s\n`);
    await gateway?.restart();
    await everyone([...first, ...second], 5, 'all to be counted again');
    expect(await restCount(system, 'killed')).toBe(5);
    await stop();
  }, 90_000);

  it('is counted out at once when it stops in good order', async () => {
    const { system, second, stop } = await startWithViewers('stopped');
    const stoppedMs = performance.now();
    system.gateways[0]?.signal('SIGTERM');
    await everyone(second, 2, 'the stopped gateway to be counted out');
    process.stdout.write(`SIGTERM to exact on the others: ${secondsSince(stoppedMs)} s\n`);
    await stop();
  }, 60_000);

  it('is counted out while it is frozen and in again when it goes on, never twice', async () => {
    const { system, first, second, stop } = await startWithViewers('frozen');
    system.gateways[0]?.signal('SIGSTOP');
    await everyone(second, 2, 'the frozen gateway to be counted out');
    system.gateways[0]?.signal('SIGCONT');
    await everyone([...first, ...second], 5, 'the frozen gateway to be counted in again');
    expect(Math.max(...second.flatMap(({ values }) => values.map(({ count }) => count)))).toBe(5);
    await stop();
  }, 90_000);
});

describe('datagrams', () => {
  it('leave every count exact though many are lost, repeated and overtaken', async () => {
    const seed = 20_261_124;
    process.stdout.write(`seed ${seed}\n`);
    const { system, first, second, stop, view } = await startWithViewers('lossy', {
      udpSeed: seed,
    });
    for (const proxy of system.udp) {
      proxy.faults = { lossRatio: 0.3, duplicateRatio: 0.5, delayRatio: 0.3, delayMsMax: 300 };
    }
    const late: LiveSubscription[] = [];
    for (let round = 0; round < 40; round += 1) {
      const subscription = view(`late-${round}`, round % 2);
      await until(() => subscription.last !== null, { what: 'a first value' });
      if (round % 2 === 0) subscription.complete();
      else late.push(subscription);
    }
    await everyone([...first, ...second, ...late], 25, 'every count to be exact at rest');
    expect(await restCount(system, 'lossy')).toBe(25);
    const { lost, duplicated, delayed } = system.udp[0]?.seen ?? {
      lost: 0,
      duplicated: 0,
      delayed: 0,
    };
    process.stdout.write(`datagrams lost ${lost}, repeated ${duplicated}, held back ${delayed}\n`);
    expect(Math.min(lost, duplicated, delayed)).toBeGreaterThan(0);
    await stop();
  }, 90_000);

  it('may be blocked altogether: HTTP does the work, and a metric says so', async () => {
    const { system, first, second, stop, view } = await startWithViewers('blocked', { udpSeed: 1 });
    for (const proxy of system.udp) proxy.faults = BLOCKED;
    const more = view('c1', 0);
    await everyone([...first, ...second, more], 6, 'the newcomer to be seen without datagrams');
    await until(
      async () => (await metric(system.gatewayInternalUrl(), 'gateway_datagrams_work')) === 0,
      {
        what: 'the metric',
        timeoutMs: 20_000,
      },
    );
    await stop();
  }, 60_000);
});

describe('Redis', () => {
  it('keeps every acknowledged increment, and counts none twice, when it is killed under load', async () => {
    const { system, first, second, stop } = await startWithViewers('redis');
    const page = 'load';
    const graphqlAdd = async (opId: string): Promise<boolean> => {
      const response = await fetch(`${system.apiUrl()}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          query:
            'mutation ($opId: ID) { incrementCounter(pageId: "load", name: "likes", opId: $opId) { count } }',
          variables: { opId },
        }),
      });
      return ((await response.json()) as { errors?: unknown }).errors === undefined;
    };
    let acknowledged = 0;
    let stopping = false;
    // Each worker repeats an operation under its id until it is acknowledged, as a client should.
    const worker = async (name: number): Promise<void> => {
      for (let number = 0; !stopping; number += 1) {
        await until(() => graphqlAdd(`op-${name}-${number}`), {
          what: 'an acknowledgement',
          timeoutMs: 20_000,
        });
        acknowledged += 1;
      }
    };
    const workers = Array.from({ length: 16 }, (_, name) => worker(name));
    for (let kills = 0; kills < 3; kills += 1) {
      const before = acknowledged;
      await until(() => acknowledged > before + 200, { what: 'load', timeoutMs: 20_000 });
      await system.redis.kill9();
      await system.redis.restart();
    }
    stopping = true;
    await Promise.all(workers);
    const response = await fetch(`${system.apiUrl()}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `{ counter(pageId: "${page}", name: "likes") { count } }` }),
    });
    const { data } = (await response.json()) as { data: { counter: { count: number } } };
    process.stdout.write(`acknowledged over three kills: ${acknowledged}\n`);
    expect(data.counter.count).toBe(acknowledged);
    await everyone([...first, ...second], 5, 'presence to be exact');
    expect(await restCount(system, 'redis')).toBe(5);
    await stop();
  }, 120_000);

  it('reaps nobody for its own absence', async () => {
    const { system, first, second, stop } = await startWithViewers('away');
    await system.redis.kill9();
    // Longer than a gateway may be silent; waiting for it is what this is about, so it is a sleep.
    await new Promise((done) => setTimeout(done, 10_000));
    await system.redis.restart();
    const backMs = performance.now();
    await until(() => restCount(system, 'away'), {
      what: 'an exact count',
      accept: (count) => count === 5,
    });
    process.stdout.write(`Redis back to exact: ${secondsSince(backMs)} s\n`);
    const low = [...first, ...second].map(({ values }) =>
      Math.min(
        ...values.slice(values.findIndex(({ count }) => count === 5)).map(({ count }) => count),
      ),
    );
    expect(Math.min(...low)).toBe(5);
    await stop();
  }, 60_000);

  it('is filled again by the gateways after it was flushed, and no subscriber keeps an old value', async () => {
    const { system, first, second, stop } = await startWithViewers('flushed');
    await fetch(`${system.apiUrl()}/liked/counter`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"action":"increment"}',
    });
    const watcher = new LiveClient(system.liveUrl(0), { viewerId: 'watcher' });
    const liked = watcher.counterChanged('liked');
    await until(() => liked.last === 1, { what: 'the durable counter' });
    await system.redis.flush();
    const flushedMs = performance.now();
    await until(() => liked.last === 0, {
      what: 'the forgotten counter to be told',
      timeoutMs: 10_000,
    });
    await until(() => restCount(system, 'flushed'), {
      what: 'an exact count',
      accept: (count) => count === 5,
      timeoutMs: 10_000,
    });
    process.stdout.write(`flush to exact: ${secondsSince(flushedMs)} s\n`);
    await everyone([...first, ...second], 5, 'every subscriber to be right');
    await watcher.close();
    await stop();
  }, 60_000);
});
