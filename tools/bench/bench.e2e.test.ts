/**
 * Goal    the benchmarks run from the first to the last, and write what docs/benchmarks.md promises.
 * Method  the command itself in its short form. No figure is judged here: a test machine is no place to time on.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Row {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  readonly baseline: number;
  readonly baselineName: string;
  readonly ratio: number;
}

const COMMAND_MS_MAX = 600_000;

/** `prefix.a.x`, `prefix.a.y`, `prefix.b.x` … */
const combine = (prefix: string, ...levels: readonly (readonly string[])[]): string[] =>
  levels.reduce<string[]>(
    (names, level) => names.flatMap((name) => level.map((part) => `${name}.${part}`)),
    [prefix],
  );

const WITH_REDIS = ['throughput', 'server-cpu', 'redis-cpu'];
const WITH_TIMES = ['redis-cpu', 'p50', 'p99'];
/** Suite `regions` takes minutes even in its short form; of most others one case runs all there is. */
const CASES = [
  ...['get.hot-page', 'increment.1000-pages', 'latency.under-load', 'fanout.hot-page-1000'],
  ...['unread', 'memory-counters.100k'],
];
/** Of what is counted a second more is better. */
const PER_SECOND = ['req/s', 'deliveries/s'];
const NAMES = [
  ...combine('get.hot-page', WITH_REDIS, ['redis-get', 'redis-get-autopipelined']),
  ...combine('get.hot-page', ['throughput', 'server-cpu'], ['memory']),
  ...combine('increment.1000-pages', WITH_REDIS, ['incr', 'incr-autopipelined']),
  ...combine('increment.1000-pages', ['throughput', 'server-cpu'], ['memory']),
  ...combine('latency.under-load', ['p50', 'p99'], ['pubsub']),
  ...combine(
    'fanout.hot-page-1000',
    ['delivery-cpu', 'deliveries', 'p50', 'p99'],
    ['limit', 'stock', 'mercurius', 'yoga', 'socketio'],
  ),
  ...combine('unread.modify', ['10', '10k', '1M'], WITH_TIMES, ['fan-out']),
  ...combine('unread.modify', ['10k', '1M'], [...WITH_TIMES, 'server-cpu'], ['fewest']),
  ...combine('unread.query', ['10', '1k', '10k'], WITH_TIMES, ['hgetall']),
  ...combine('unread.memory', ['fresh', 'marked'], ['each-memory'], ['set-and-hash']),
  ...combine('memory-counters', ['100k'], ['each-memory'], ['string-keys']),
];

describe('npm run bench', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'headcount-bench-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const bench = (...args: readonly string[]) =>
    spawnSync(process.execPath, [join(__dirname, 'bench.mjs'), ...args], {
      encoding: 'utf8',
      timeout: COMMAND_MS_MAX,
    });
  const measure = (...names: readonly string[]) => {
    const file = join(folder, 'rows.json');
    const { status, stdout, stderr } = bench('--quick', '--json', file, ...names);
    // With what it said at last, should it have failed.
    expect([status, status === 0 ? '' : stderr.slice(-2000)]).toEqual([0, '']);
    return { stdout, rows: JSON.parse(readFileSync(file, 'utf8')) as Row[] };
  };
  const sorted = (names: readonly string[]) => [...names].sort();

  it(
    'measures both sides of every row of the suites that are quick, and tells how many times better ours is',
    () => {
      const { stdout, rows } = measure(...CASES);
      expect(sorted(rows.map(({ name }) => name))).toEqual(sorted(NAMES));
      const isFigure = (figure: number) => Number.isFinite(figure) && figure > 0;
      for (const { name, unit, ours, baseline, baselineName, ratio, ...more } of rows) {
        expect({ name, more, figures: [ours, baseline, ratio].map(isFigure) }).toEqual({
          name,
          more: {},
          figures: [true, true, true],
        });
        expect(ratio).toBeCloseTo(PER_SECOND.includes(unit) ? ours / baseline : baseline / ours);
        expect(baselineName).not.toBe('');
        expect(stdout).toContain(name);
      }
    },
    COMMAND_MS_MAX,
  );

  it(
    'measures only what begins with the names it is given',
    () => {
      const { rows } = measure('unread.memory');
      expect(rows.map(({ name }) => name)).toEqual([
        'unread.memory.fresh.each-memory.set-and-hash',
        'unread.memory.marked.each-memory.set-and-hash',
      ]);
    },
    COMMAND_MS_MAX,
  );

  it('says what there is if it is asked for something else', () => {
    const { status, stdout, stderr } = bench('gets');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^There is no benchmark "gets"; there are get\.hot-page, .+\.$/m);
  });
});
