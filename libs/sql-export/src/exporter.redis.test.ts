/**
 * Goal    the tables hold exactly what the durable counters of a region show, once it is at rest: whatever crashes, is cut off,
 *         repeats, comes late or forgets, and with several exporters at once. No row ever goes back to an earlier state.
 * Method  a real Redis and a real database, with a proxy before it that cuts replies at random bytes, that of COMMIT among them;
 *         random histories against plain sums that use none of the code. Nothing is timed.
 */
import fc from 'fast-check';
import { Client } from 'pg';
import {
  AT_ONCE,
  RedisCounterStore,
  RedisDurableStore,
  SeenPositions,
  commandConnection,
  type DurableStore,
  type StoreContext,
} from '@headcount/counter-store';
import {
  TcpProxy,
  startDatabase,
  startRedis,
  until,
  runs,
  type DatabaseServer,
  type RedisServer,
} from '@headcount/testing';
import { Exporter, type ExportFailure } from './exporter.js';
import { PostgresSink } from './postgres-sink.js';

const BUCKETS = 4;
const LONG = 'long/'.repeat(20);
/** So small that everything takes several parts. */
const BOUNDS = { bucketsAtOnce: 3, rowsMax: 3, wholeCountersMax: 5 };

let database: DatabaseServer;
let proxy: TcpProxy;
let sql: Client;
beforeAll(async () => {
  database = await startDatabase();
  proxy = await TcpProxy.to(database.port);
  sql = new Client(database.url());
  await sql.connect();
  // So that there are tables to look at, whichever test comes first.
  const sink = new PostgresSink({ databaseUrl: database.url(), region: 'none', buckets: BUCKETS });
  await sink.session();
  await sink.close();
}, 90_000);
afterAll(async () => {
  await sql.end();
  await proxy.close();
  await database.stop();
});

/** A region with a Redis of its own, and the sums that its counters ought to show. */
class Region {
  readonly sums = new Map<string, number>();
  readonly failures: ExportFailure[] = [];
  private readonly exporters: Exporter[] = [];
  private readonly redis;
  private readonly context: StoreContext;
  private readonly counters: RedisCounterStore;
  private number = 0;
  private drawn = 0;

  private constructor(
    readonly name: string,
    readonly server: RedisServer,
  ) {
    this.redis = commandConnection({ redisUrl: server.url, commandTimeoutMs: 5000 });
    this.context = this.newContext();
    this.counters = new RedisCounterStore(this.context, {
      windowMs: 600_000,
      idsMax: 1000,
      idsPerViewerMax: 1000,
    });
  }

  static async open(name: string): Promise<Region> {
    const region = new Region(name, await startRedis({ listen: 'unix' }));
    await region.redis.connect();
    return region;
  }

  async close(): Promise<void> {
    await this.stopExporters();
    this.redis.disconnect();
    await this.server.stop();
  }

  async stopExporters(): Promise<void> {
    for (const exporter of this.exporters.splice(0)) await exporter.stop();
  }

  /** As a process that has just been started has it: it has seen nothing. */
  newContext(): StoreContext {
    const randomHex = () => (this.drawn++).toString(16).padStart(8, '0');
    const nowMs = () => 1_700_000_000_000;
    const sources = { nowMs, randomHex };
    const seen = new SeenPositions();
    const { redis } = this;
    return { redis, sources, scriptClock: nowMs, seen, region: '', durability: AT_ONCE };
  }

  newSink(): PostgresSink {
    return new PostgresSink({ databaseUrl: database.url(), region: this.name, buckets: BUCKETS });
  }

  newStore(): RedisDurableStore {
    return new RedisDurableStore(this.newContext());
  }

  newExporter(
    url = proxyUrl(),
    buckets = BUCKETS,
    store: DurableStore = this.newStore(),
  ): Exporter {
    const exporter = new Exporter({
      store,
      sink: new PostgresSink({ databaseUrl: url, region: this.name, buckets }),
      owned: () => Array.from({ length: BUCKETS }, (_, bucket) => bucket),
      intervalMs: 1000,
      timers: { nowMs: () => 0, random: Math.random, sleep: async () => undefined },
      bounds: BOUNDS,
      onRows: () => undefined,
      onWhole: () => undefined,
      onFailure: (failure) => this.failures.push(failure),
      onRound: () => undefined,
    });
    this.exporters.push(exporter);
    return exporter;
  }

  async add(page: number, amount: number): Promise<void> {
    const pageId = page % 5 === 0 ? `${LONG}${page}` : `page-${page}`;
    this.number += 1;
    const additions = [{ pageId, name: 'likes', amount, operationId: null }];
    await this.counters.add({
      ...{ bucket: page % BUCKETS, instance: 'i', number: this.number, additions, sentUnder: null },
    });
    this.sums.set(pageId, (this.sums.get(pageId) ?? 0) + amount);
  }

  async flush(): Promise<void> {
    await this.server.flush();
    this.sums.clear();
  }

  /** What the table says, read without our code. */
  async exported(): Promise<Map<string, number>> {
    const { rows } = await sql.query<{ page: string; count: string }>(
      'SELECT page, count FROM headcount_counters WHERE region = $1',
      [this.name],
    );
    return new Map(rows.map(({ page, count }) => [page, Number(count)]));
  }
}

const proxyUrl = () => database.url(proxy.port);

/** Rounds until one goes through. */
async function atRest(exporter: Exporter, failures: readonly ExportFailure[] = []): Promise<void> {
  for (let round = 0; round < 20; round += 1) if (await exporter.round()) return;
  throw new Error(`no round goes through: ${JSON.stringify(failures.at(-1))}`);
}

describe('the export of a region', () => {
  let region: Region;
  let exporter: Exporter;
  let opened = 0;
  beforeEach(async () => {
    opened += 1;
    region = await Region.open(`region-${opened}`);
    exporter = region.newExporter();
  });
  afterEach(async () => {
    await region.close();
  });
  const expectEqual = async () => {
    expect([...(await region.exported())].sort()).toEqual([...region.sums].sort());
  };
  const connections = async () =>
    (await sql.query("SELECT FROM pg_stat_activity WHERE application_name = 'headcount-export'"))
      .rowCount;
  const positions = async () =>
    (
      await sql.query<{ incarnation: string; rev: string }>(
        'SELECT incarnation, rev FROM headcount_positions WHERE region = $1 ORDER BY bucket',
        [region.name],
      )
    ).rows;

  it('writes what is there, then what changes, with the time of the change', async () => {
    await region.add(1, 5);
    await atRest(exporter);
    await expectEqual();
    await region.add(1, -7);
    await region.add(2, 1);
    await atRest(exporter);
    await expectEqual();
    const { rows } = await sql.query<{ updated_at: Date; name: string; bucket: number }>(
      'SELECT * FROM headcount_counters WHERE region = $1 ORDER BY page',
      [region.name],
    );
    const first = { name: 'likes', bucket: 1, updated_at: new Date(1_700_000_000_000) };
    expect(rows[0]).toMatchObject(first);
  });

  it('writes nothing where nothing has changed', async () => {
    await region.add(1, 1);
    await atRest(exporter);
    const before = await sql.query('SELECT exported_at FROM headcount_positions');
    await atRest(exporter);
    await atRest(region.newExporter());
    expect((await sql.query('SELECT exported_at FROM headcount_positions')).rows).toEqual(
      before.rows,
    );
  });

  it('goes on where another has stopped, without exporting everything anew', async () => {
    for (let page = 0; page < 60; page += 1) await region.add(page, 1);
    await atRest(exporter);
    await sql.query(`UPDATE headcount_counters SET count = 99 WHERE region = $1`, [region.name]);
    await region.add(1, 1);
    await atRest(region.newExporter());
    const counts = [...(await region.exported()).values()];
    expect(counts.filter((count) => count === 2)).toHaveLength(1);
    expect(counts.filter((count) => count === 99)).toHaveLength(59);
  });

  it('sets aside what a flushed Redis has lost, and has what is counted after it', async () => {
    for (let page = 0; page < 40; page += 1) await region.add(page, 2);
    await atRest(exporter);
    const lost = new Map(region.sums);
    await region.flush();
    await region.add(1, 1);
    await atRest(exporter);
    await expectEqual();
    const { rows } = await sql.query<{ page: string; count: string }>(
      'SELECT page, count FROM headcount_forgotten WHERE region = $1',
      [region.name],
    );
    lost.delete('page-1');
    expect(new Map(rows.map(({ page, count }) => [page, Number(count)]))).toEqual(lost);
  });

  it('finds out from the tables that Redis has forgotten, where no process has seen it', async () => {
    await region.add(1, 3);
    await atRest(exporter);
    const before = await positions();
    await region.flush();
    const after = region.newExporter();
    await atRest(after);
    await expectEqual();
    // The clock of this test stands still, so that only what was exported can tell.
    const later = (await positions()).map(
      ({ incarnation }, at) => incarnation > (before[at]?.incarnation ?? ''),
    );
    expect(later).toEqual(before.map(() => true));
  });

  it('goes back with a database that is restored, and comes up again', async () => {
    const tables = ['headcount_counters', 'headcount_positions'];
    await region.add(1, 1);
    await atRest(exporter);
    for (const table of tables) await sql.query(`CREATE TABLE saved_${table} AS TABLE ${table}`);
    for (let page = 0; page < 9; page += 1) await region.add(page, 1);
    await atRest(exporter);
    for (const table of tables)
      await sql.query(
        `BEGIN; DELETE FROM ${table}; INSERT INTO ${table} TABLE saved_${table}; DROP TABLE saved_${table}; COMMIT`,
      );
    await atRest(exporter);
    await expectEqual();
  });

  it('refuses the tables of a deployment with another number of buckets', async () => {
    await atRest(exporter);
    expect(await region.newExporter(proxyUrl(), 8).round()).toBe(false);
    expect(region.failures.at(-1)).toMatchObject({
      side: 'database',
      detail: expect.stringContaining(`region ${region.name} in 4 buckets, not 8`),
    });
  });

  it('changes nothing where a late exporter brings what was read before Redis forgot', async () => {
    await region.add(1, 1);
    const sink = region.newSink();
    const store = region.newStore();
    const { position: begun } = await store.since(1, { incarnation: '', rev: 0 }, 9);
    const { rows, position: asOf } = await store.slices(1, { modulus: 1, number: 0 }, 9);
    await region.flush();
    await atRest(exporter);
    const late = { bucket: 1, asOf, rows, move: { kind: 'whole', begun } } as const;
    const [outcome] = await (await sink.session()).write([late]);
    expect(outcome?.verdict).toBe('old');
    await expectEqual();
    await sink.close();
  });

  it('misses nothing that changes while it exports a bucket whole', async () => {
    for (let page = 0; page < 240; page += 1) await region.add(page, 1);
    const store = region.newStore();
    const slices = jest.spyOn(store, 'slices').mockImplementation(async (...asked) => {
      const answer = await RedisDurableStore.prototype.slices.apply(store, asked);
      // What has just been read changes before the next part is.
      for (const { pageId } of answer.rows.slice(0, 1))
        await region.add(Number(/\d+$/.exec(pageId)?.[0]), 5);
      return answer;
    });
    await atRest(region.newExporter(proxyUrl(), BUCKETS, store));
    expect(slices.mock.calls.length).toBeGreaterThan(BUCKETS);
    await atRest(exporter);
    await expectEqual();
  });

  it('keeps the later row where part of whole state comes late', async () => {
    const sink = region.newSink();
    const session = await sink.session();
    const at = (rev: number) => ({ incarnation: 'A', seq: rev, rev });
    const row = (total: number) => [{ pageId: 'home', name: 'likes', total, updatedAtMs: null }];
    await session.write([{ bucket: 0, asOf: at(2), rows: row(8), move: null }]);
    await session.write([{ bucket: 0, asOf: at(1), rows: row(7), move: null }]);
    expect(await region.exported()).toEqual(new Map([['home', 8]]));
    await sink.close();
  });

  it('waits for who is about to move a position, and judges by where that has gone', async () => {
    const sink = region.newSink();
    const session = await sink.session();
    const at = (rev: number) => ({ incarnation: 'A', seq: rev, rev });
    const part = { bucket: 0, asOf: at(3), rows: [] };
    await session.write([{ ...part, move: { kind: 'whole', begun: at(3) } }]);
    await sql.query('BEGIN');
    await sql.query('UPDATE headcount_positions SET rev = 50 WHERE region = $1', [region.name]);
    const writing = session.write([
      { ...part, asOf: at(5), move: { kind: 'interval', from: at(3), to: at(5) } },
    ]);
    await until(async () => (await sql.query('SELECT FROM pg_locks WHERE NOT granted')).rowCount, {
      what: 'the other to wait',
    });
    await sql.query('COMMIT');
    expect((await writing)[0]).toMatchObject({ verdict: 'old', position: { rev: 50 } });
    await sink.close();
  });

  it('leaves the count empty where the sum is beyond what is exact', async () => {
    const sink = region.newSink();
    const asOf = { incarnation: 'A', seq: 1, rev: 1 };
    const rows = [
      { pageId: 'most', name: 'likes', total: Number.MAX_SAFE_INTEGER, updatedAtMs: null },
      { pageId: 'beyond', name: 'likes', total: 2 ** 53, updatedAtMs: null },
    ];
    await (await sink.session()).write([{ bucket: 0, asOf, rows, move: null }]);
    await sink.close();
    const held = await sql.query(
      'SELECT page, count FROM headcount_counters WHERE region = $1 ORDER BY page',
      [region.name],
    );
    expect(held.rows).toEqual([
      { page: 'beyond', count: null },
      { page: 'most', count: '9007199254740991' },
    ]);
  });

  const step = fc.oneof(
    {
      weight: 30,
      arbitrary: fc.record({
        page: fc.nat({ max: 60 }),
        amount: fc.integer({ min: -3, max: 9 }).filter(Boolean),
      }),
    },
    { weight: 8, arbitrary: fc.constant('round' as const) },
    { weight: 8, arbitrary: fc.record({ cutAfter: fc.nat({ max: 2500 }) }) },
    { weight: 4, arbitrary: fc.constant('crash' as const) },
    { weight: 3, arbitrary: fc.constant('two at once' as const) },
    { weight: 1, arbitrary: fc.constant('flush' as const) },
  );

  it('equals the sums at rest after any history of crashes, cuts and flushes, and no row goes back', async () => {
    const history = fc.array(step, { minLength: 10, maxLength: 80, size: 'max' });
    let cuts = 0;
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        await region.flush();
        const rows = new RowWatch(region.name);
        let current = region.newExporter();
        const left: Exporter[] = [];
        for (const step of steps) {
          if (step === 'flush') await region.flush();
          else if (step === 'round') await current.round();
          else if (step === 'crash') {
            left.push(current);
            current = region.newExporter();
          } else if (step === 'two at once') {
            // One that was thought to be dead goes on.
            await Promise.all([current.round(), (left.at(-1) ?? region.newExporter()).round()]);
          } else if ('cutAfter' in step) {
            proxy.cutReplyAfter(step.cutAfter);
            if (!(await current.round())) cuts += 1;
            proxy.cutReplyAfter(Infinity);
          } else await region.add(step.page, step.amount);
          await rows.look();
        }
        await atRest(current, region.failures);
        await expectEqual();
        await region.stopExporters();
      }),
      { numRuns: runs(6) },
    );
    expect(cuts).toBeGreaterThan(0);
    await until(async () => (await connections()) === 0, { what: 'no connection to be left' });
    expect(new Set(region.failures.map(({ side }) => side))).toEqual(new Set(['database']));
  }, 300_000);

  it('is right with two exporters that go on at once while counters change', async () => {
    const exporters = [region.newExporter(database.url()), region.newExporter(database.url())];
    const rows = new RowWatch(region.name);
    let isOver = false;
    const runs = exporters.map(async (one) => {
      while (!isOver) await one.round();
    });
    for (let page = 0; page < 150; page += 1) {
      await region.add(page % 37, 1);
      if (page === 70) await region.flush();
      if (page % 10 === 0) await rows.look();
    }
    isOver = true;
    await Promise.all(runs);
    expect(region.failures).toEqual([]);
    for (const one of exporters) await atRest(one);
    await expectEqual();
  });
});

it('shows each region by itself, and one count a counter with whether they agree', async () => {
  const [east, west] = [await Region.open('east'), await Region.open('west')];
  const exporters = [east, west].map((region) => region.newExporter());
  await east.add(901, 5);
  await west.add(901, 5);
  await east.add(902, 5);
  await west.add(902, 6);
  for (const exporter of exporters) await atRest(exporter);
  const { rows } = await sql.query(
    `SELECT page, count, agreed FROM headcount_counts WHERE page IN ('page-901', 'page-902') ORDER BY page`,
  );
  expect(rows).toEqual([
    { page: 'page-901', count: '5', agreed: true },
    { page: 'page-902', count: '5', agreed: false },
  ]);
  for (const region of [east, west]) await region.close();
});

/** Sees that no row of a region goes back, and that a position does not either. */
class RowWatch {
  private readonly seen = new Map<string, string>();

  constructor(private readonly region: string) {}

  async look(): Promise<void> {
    const { rows } = await sql.query<{ what: string; version: string }>(
      `SELECT page AS what, incarnation || lpad(rev::text, 20, '0') AS version
       FROM headcount_counters WHERE region = $1
       UNION ALL
       SELECT bucket::text, incarnation || lpad(rev::text, 20, '0')
       FROM headcount_positions WHERE region = $1`,
      [this.region],
    );
    for (const { what, version } of rows) {
      expect(version >= (this.seen.get(what) ?? '')).toBe(true);
      this.seen.set(what, version);
    }
  }
}
