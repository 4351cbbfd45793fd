/** How often the export tries, and whose failure it tells of; a sink and a store that only fail or have nothing. */
import { NOWHERE } from '@headcount/crdt';
import type { DurableStore } from '@headcount/counter-store';
import { until } from '@headcount/testing';
import type { CounterSink } from './counter-sink.js';
import { Exporter, type ExportFailure } from './exporter.js';

const POSITION = { incarnation: 'A', seq: 0, rev: 0 };

function exporting() {
  const world = {
    failures: [] as ExportFailure[],
    pauses: [] as number[],
    rounds: 0,
    broken: '' as '' | 'redis' | 'database',
    /** Pauses that end at once; then the exporter sleeps until it is stopped. */
    pausesLeft: 0,
    nowMs: 1000,
  };
  const fails = (side: 'redis' | 'database') =>
    world.broken === side ? Promise.reject(new Error(`no ${side}`)) : Promise.resolve();
  const store: Partial<DurableStore> = {
    since: () =>
      fails('redis').then(() => ({ position: POSITION, changed: { to: 0, rows: [] }, modulus: 0 })),
    noteCopied: () => undefined,
  };
  const sink: CounterSink = {
    session: () =>
      fails('database').then(() => ({
        positions: async () => new Map([[0, NOWHERE]]),
        write: async () => [],
      })),
    close: async () => undefined,
  };
  const exporter = new Exporter({
    ...{ store: store as DurableStore, sink, owned: () => [0], intervalMs: 1000 },
    timers: {
      nowMs: () => world.nowMs,
      random: () => 0.5,
      sleep: (ms, signal) => {
        world.pauses.push(ms);
        world.pausesLeft -= 1;
        if (world.pausesLeft >= 0) return Promise.resolve();
        return new Promise((done) => signal.addEventListener('abort', () => done()));
      },
    },
    onRows: () => undefined,
    onWhole: () => undefined,
    onFailure: (failure) => world.failures.push(failure),
    onRound: () => (world.rounds += 1),
  });
  return { world, exporter };
}

it.each(['redis', 'database'] as const)('tells that it was %s that failed', async (side) => {
  const { world, exporter } = exporting();
  world.broken = side;
  expect(await exporter.round()).toBe(false);
  expect(world.failures).toEqual([{ side, detail: `no ${side}` }]);
  world.broken = '';
  expect(await exporter.round()).toBe(true);
});

it('waits longer after each failure, up to a minute, and as before once a round goes through', async () => {
  const { world, exporter } = exporting();
  world.broken = 'database';
  world.pausesLeft = 7;
  exporter.start();
  await until(() => world.pausesLeft < 0);
  expect(world.pauses).toEqual([1500, 3000, 6000, 12_000, 24_000, 45_000, 45_000, 45_000]);
  await exporter.stop();
  const again = exporting();
  again.exporter.start();
  await until(() => again.world.rounds === 1);
  await again.exporter.stop();
  expect(again.world.pauses[0]).toBe(1000);
});

it('is level as of the beginning of the last round that went through', async () => {
  const { world, exporter } = exporting();
  world.nowMs = 5000;
  await exporter.round();
  world.nowMs = 9000;
  world.broken = 'redis';
  await exporter.round();
  expect(exporter.levelAtMs).toBe(5000);
});
