/**
 * The contract of quotas.
 *
 * Goal    the Lua scripts lower, give and add up rights as the bounded counter of libs/crdt does.
 * Method  three regions; each raises, lowers, gives, pulls and forgets at random, on the store under test and on the type
 *         beside it. Outcomes are compared as they come, rights after every step.
 */
import fc from 'fast-check';
import { runs } from '@headcount/testing';
import {
  EMPTY_BOUNDED,
  boundedRights,
  boundedValue,
  changeBounded,
  giveBounded,
  joinBounded,
  regionNamed,
  writerOf,
  type BoundedCounter,
  type Result,
} from '@headcount/crdt';
import type { StoreHarness } from './testing/store-harness.js';
import { pull } from './testing/pull.js';

const BUCKET = 0;
const STOCK = { bucket: BUCKET, pageId: 'area/1', name: 'available' };
const NAMES = ['ams', 'fra', 'sin'] as const;
type Name = (typeof NAMES)[number];

function must<T>(result: Result<T, unknown>): T {
  if (!result.ok) throw new Error(`the model refuses: ${String(result.error)}`);
  return result.value;
}
const REGIONS = new Map(NAMES.map((name) => [name as string, must(regionNamed(name))]));
const regionOfName = (name: string) => REGIONS.get(name) ?? must(regionNamed(name));

/** A region: the store under test, and the bounded counter beside it. */
class Region {
  private state: BoundedCounter = EMPTY_BOUNDED;
  /** The peers that have been pulled from since the region last forgot something. */
  private readonly regained = new Set<string>();
  private batches = 0;

  constructor(
    readonly name: Name,
    readonly stores: StoreHarness,
  ) {}

  private get isRegained(): boolean {
    return NAMES.every((peer) => peer === this.name || this.regained.has(peer));
  }

  private async writer() {
    const { position } = await this.stores.regions.standing(BUCKET);
    return must(writerOf(regionOfName(this.name), position.incarnation));
  }

  async change(amount: number): Promise<void> {
    const made = changeBounded(this.state, await this.writer(), amount);
    const { added } = await this.stores.counters.add({
      ...{ bucket: BUCKET, instance: 'i', number: (this.batches += 1), sentUnder: null },
      additions: [{ pageId: STOCK.pageId, name: STOCK.name, amount, operationId: null }],
    });
    const isHeldBack = amount < 0 && !this.isRegained;
    const expected = isHeldBack ? 'QUOTA_ELSEWHERE' : made.ok ? 'added' : made.error;
    expect([this.name, amount, added[0]?.outcome]).toEqual([this.name, amount, expected]);
    if (made.ok && !isHeldBack) this.state = joinBounded(this.state, made.value);
  }

  async give(to: Name, wanted: number): Promise<void> {
    const writer = await this.writer();
    const { given } = await this.stores.quotas.give(STOCK, to, wanted);
    const rights = this.isRegained ? Number(boundedRights(this.state, regionOfName(this.name))) : 0;
    // What is wanted, and more where there is more.
    expect(given).toBeGreaterThanOrEqual(Math.min(Math.max(rights, 0), wanted));
    expect(given).toBeLessThanOrEqual(Math.max(rights, 0));
    if (given > 0)
      this.state = joinBounded(
        this.state,
        must(giveBounded(this.state, writer, regionOfName(to), given)),
      );
  }

  async pull(of: Region): Promise<void> {
    await pull(this, of, BUCKET);
    this.state = joinBounded(this.state, of.state);
    this.regained.add(of.name);
  }

  async flush(): Promise<void> {
    await this.stores.redis.flushall();
    this.state = EMPTY_BOUNDED;
    this.regained.clear();
    // A bucket that nobody has opened yet does not know that it has peers.
    await this.stores.regions.standing(BUCKET);
  }

  async compare(): Promise<void> {
    const { total, here, elsewhere, isRegained } = await this.stores.quotas.read(STOCK);
    const rights = (name: string): number => Number(boundedRights(this.state, regionOfName(name)));
    expect([this.name, total, here, isRegained]).toEqual([
      ...[this.name, Number(boundedValue(this.state))],
      ...[rights(this.name), this.isRegained],
    ]);
    for (const [name, theirs] of elsewhere) expect([name, theirs]).toEqual([name, rights(name)]);
  }
}

const name = fc.constantFrom<Name>(...NAMES);
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      ...{ does: fc.constant('change' as const), at: name },
      amount: fc.integer({ min: -6, max: 9 }).filter((amount) => amount !== 0),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      ...{ does: fc.constant('give' as const), at: name, of: name },
      wanted: fc.integer({ min: 1, max: 9 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ does: fc.constant('pull' as const), at: name, of: name }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('flush' as const), at: name }) },
);

/** Declares the contract. `open` opens the stores of a region; STOCK is bounded there, the others are its peers. */
export function itKeepsTheContractOfQuotas(
  open: (region: string, peers: readonly string[]) => Promise<StoreHarness>,
): void {
  const opened = new Map<Name, StoreHarness>();
  beforeAll(async () => {
    for (const one of NAMES) {
      const peers = NAMES.filter((peer) => peer !== one);
      opened.set(one, await open(one, peers));
    }
  });
  afterAll(() => Promise.all([...opened.values()].map((stores) => stores.close())));

  it('lowers and gives as the bounded counter does, whatever is pulled and forgotten', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30, size: 'max' }), async (steps) => {
        const regions = new Map<Name, Region>();
        for (const [one, stores] of opened) {
          await stores.redis.flushall();
          regions.set(one, new Region(one, stores));
        }
        const at = (one: Name): Region => {
          const region = regions.get(one);
          if (!region) throw new Error(`no region ${one}`);
          return region;
        };
        // Whoever has not heard of all others sells nothing, so most histories begin there.
        for (const by of NAMES) for (const of of NAMES) if (by !== of) await at(by).pull(at(of));
        for (const one of steps) {
          const region = at(one.at);
          if (one.does === 'change') await region.change(one.amount);
          else if (one.does === 'flush') await region.flush();
          else if (one.at === one.of) continue;
          else if (one.does === 'give') await region.give(one.of, one.wanted);
          else await region.pull(at(one.of));
          await region.compare();
        }
      }),
      { numRuns: runs(40) },
    );
  }, 120_000);
}
