/**
 * Goal    what a person sees: who is on a page, live, each viewer once, and nobody who has gone.
 * Method  real processes, stock graphql-ws clients; a proxy that stops forwarding plays the pulled cable. How long
 *         things took is printed, not asserted: the machines are shared.
 */
import { LiveClient, TcpProxy, startSystem, until, type System } from '@headcount/testing';
import { restCount } from './rest-count.js';

describe('presence', () => {
  let system: System;
  const clients: LiveClient[] = [];
  beforeAll(async () => {
    system = await startSystem({ counterApis: 1, gateways: 2 });
  }, 60_000);
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });
  afterAll(() => system.stop());

  const client = (viewerId: string, gateway = 0, url = system.liveUrl(gateway)): LiveClient => {
    const made = new LiveClient(url, { viewerId });
    clients.push(made);
    return made;
  };

  it('counts a viewer who joins and discounts one who leaves, across gateways', async () => {
    const first = client('ann').viewing('leave');
    await until(() => first.last === 1, { what: 'ann to see herself' });
    const second = client('bob', 1);
    const seenByBob = second.viewing('leave');
    await until(() => first.last === 2 && seenByBob.last === 2, { what: 'both to see two' });
    const leftMs = performance.now();
    await second.close();
    await until(() => first.last === 1, { what: 'ann to be alone', everyMs: 2 });
    process.stdout.write(
      `left to seen by the other: ${Math.round(performance.now() - leftMs)} ms\n`,
    );
  });

  it('shows the first value without a flash of nobody', async () => {
    const alone = client('solo').viewing('first');
    await until(() => alone.last !== null, { what: 'a first value' });
    expect(alone.values[0]?.count).toBe(1);
  });

  it('counts two sockets of one viewer as one viewer with two connections', async () => {
    const one = client('twice').viewing('sockets');
    client('twice').viewing('sockets');
    await until(() => one.values.at(-1)?.connections === 2, { what: 'two connections' });
    expect(one.last).toBe(1);
  });

  it('counts a viewer of several pages once on the site', async () => {
    const site = client('watcher').counterChanged('@site');
    await until(() => site.last === 0, { what: 'an empty site' });
    const visitor = client('visitor');
    visitor.viewing('page-1');
    visitor.viewing('page-2');
    client('other').viewing('page-1');
    await until(() => site.last === 2, { what: 'two on the site' });
    expect(await restCount(system, '@site')).toBe(2);
  });

  it('does not count who only watches', async () => {
    const watching = client('reader').counterChanged('watched');
    await until(() => watching.last === 0, { what: 'a value' });
    expect(await restCount(system, 'watched')).toBe(0);
  });

  it('refuses a bad page id with its code', async () => {
    const refused = client('typo').viewing('not a page');
    await until(() => refused.error !== null, { what: 'an error' });
    expect(JSON.stringify(refused.error)).toContain('BAD_PAGE_ID');
  });

  it('counts out a viewer whose socket has died without a close', async () => {
    const cable = await TcpProxy.to(Number(new URL(system.liveUrl(0)).port));
    const staying = client('stays', 1).viewing('cable');
    const vanishing = client('vanishes', 0, `ws://127.0.0.1:${cable.port}/graphql`).viewing(
      'cable',
    );
    await until(() => staying.last === 2 && vanishing.last === 2, { what: 'both to see two' });
    const cutMs = performance.now();
    cable.silence();
    await until(() => staying.last === 1, {
      what: 'the vanished one to be counted out',
      timeoutMs: 20_000,
    });
    process.stdout.write(`vanished to counted out: ${Math.round(performance.now() - cutMs)} ms\n`);
    await cable.close();
  }, 40_000);
});
