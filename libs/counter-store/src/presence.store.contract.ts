/**
 * The contract of presence.
 *
 * Goal    the Lua scripts and the pure feed of libs/crdt agree, whatever the channel and Redis do.
 * Method  random histories: gateways change their maps; messages are lost, repeated, reordered; Redis is flushed
 *         or returns to an earlier state. After each delivery the verdict and the stored version are compared
 *         with the model's, and raw reads compare every register with the sum of its entries (R1). At the end
 *         the channel is healed and every count must be exact.
 */
import fc from 'fast-check';
import { runs } from '@headcount/testing';
import {
  FeedSource,
  isNobody,
  nothingStored,
  receive,
  totalPresence,
  type FeedMessage,
  type FeedState,
  type Presence,
} from '@headcount/crdt';
import { counterKey } from './keys.js';
import {
  rawEntries,
  rawRegisters,
  type Snapshot,
  type StoreHarness,
} from './testing/store-harness.js';

const BUCKET = 7;
const PAGES = ['home', 'news', `long/${'x'.repeat(80)}`];
const GATEWAYS = ['g1', 'g2'];
const keyOf = (page: string): string => counterKey(page, 'viewers').key;

type Step =
  | {
      readonly does: 'set';
      readonly gateway: string;
      readonly page: string;
      readonly viewers: number;
    }
  | { readonly does: 'send'; readonly gateway: string }
  | { readonly does: 'whole'; readonly gateway: string }
  | {
      readonly does: 'deliver';
      readonly pick: number;
      readonly keep: boolean;
      readonly answered: boolean;
    }
  | { readonly does: 'lose'; readonly pick: number }
  | { readonly does: 'sync'; readonly gateway: string }
  | { readonly does: 'reap'; readonly gateway: string; readonly stale: boolean }
  | { readonly does: 'remember' | 'rollBack' | 'flush' };

const gateway = fc.constantFrom(...GATEWAYS);
const pick = fc.nat({ max: 1000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('set' as const),
      gateway,
      page: fc.constantFrom(...PAGES),
      viewers: fc.nat({ max: 3 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('send' as const), gateway }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('whole' as const), gateway }) },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('deliver' as const),
      pick,
      keep: fc.boolean(),
      answered: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('lose' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('sync' as const), gateway }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('reap' as const), gateway, stale: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constantFrom('remember' as const, 'rollBack' as const, 'flush' as const),
    }),
  },
);

interface Sent {
  readonly gateway: string;
  readonly message: FeedMessage<Presence>;
}
type Model = ReadonlyMap<string, FeedState<Presence>>;

/** One history, run on the model and on Redis side by side. */
class History {
  private readonly sources = new Map(
    GATEWAYS.map((name) => [name, new FeedSource<Presence>(isNobody)]),
  );
  private readonly truth = new Map(GATEWAYS.map((name) => [name, new Map<string, Presence>()]));
  private channel: Sent[] = [];
  private model: Model = new Map();
  private saved: { readonly model: Model; readonly snapshot: Snapshot } | null = null;

  constructor(private readonly stores: StoreHarness) {}

  async run(steps: readonly Step[]): Promise<void> {
    for (const one of steps) await this.take(one);
    await this.heal();
  }

  private async take(one: Step): Promise<void> {
    switch (one.does) {
      case 'set':
        return this.set(one.gateway, one.page, one.viewers);
      case 'send':
        return this.post(one.gateway, this.source(one.gateway).pending());
      case 'whole':
        return this.post(one.gateway, this.source(one.gateway).whole());
      case 'deliver':
        return this.deliverPicked(one.pick, one.keep, one.answered);
      case 'lose':
        this.channel.splice(one.pick % (this.channel.length + 1), 1);
        return;
      case 'sync':
        return this.sync(one.gateway);
      case 'reap':
        return this.reap(one.gateway, one.stale);
      case 'remember':
        this.saved = { model: this.model, snapshot: await this.stores.snapshot() };
        return;
      case 'rollBack':
        return this.rollBack();
      case 'flush':
        await this.stores.redis.flushall();
        this.model = new Map();
        return;
    }
  }

  private source(name: string): FeedSource<Presence> {
    return this.sources.get(name) ?? new FeedSource<Presence>(isNobody);
  }

  private set(name: string, page: string, viewers: number): void {
    const value = { viewers, connections: 2 * viewers };
    this.source(name).set(page, value);
    if (viewers === 0) this.truth.get(name)?.delete(page);
    else this.truth.get(name)?.set(page, value);
  }

  private post(name: string, message: FeedMessage<Presence> | null): void {
    if (message && message.to > 0) this.channel.push({ gateway: name, message });
  }

  private async deliverPicked(picked: number, keep: boolean, answered: boolean): Promise<void> {
    if (this.channel.length === 0) return;
    const at = picked % this.channel.length;
    const sent = this.channel[at];
    if (!keep) this.channel.splice(at, 1);
    if (sent) await this.deliver(sent, answered);
  }

  private async deliver({ gateway: name, message }: Sent, answered: boolean): Promise<void> {
    const { verdict, state } = receive(
      this.model.get(name) ?? nothingStored<Presence>(),
      message,
      isNobody,
    );
    if (verdict === 'taken') this.model = new Map([...this.model, [name, state]]);
    const applied = await this.stores.presence.apply(name, BUCKET, message);
    expect(applied).toEqual({ verdict, stored: state.version });
    if (answered) this.source(name).acknowledge(applied.stored);
    await this.compare();
  }

  private async sync(name: string): Promise<void> {
    const [stored] = await this.stores.presence.stored(name, [BUCKET]);
    expect(stored).toBe(this.model.get(name)?.version ?? 0);
    this.source(name).acknowledge(stored ?? 0);
  }

  private async reap(name: string, stale: boolean): Promise<void> {
    const held = this.model.get(name)?.version ?? 0;
    const reaped = await this.stores.presence.reap(name, BUCKET, stale ? held + 1 : held);
    expect(reaped).toBe(!stale && this.model.has(name));
    if (reaped) this.model = new Map([...this.model].filter(([other]) => other !== name));
    await this.compare();
  }

  private async rollBack(): Promise<void> {
    if (!this.saved) return;
    this.model = this.saved.model;
    await this.stores.rollBackTo(this.saved.snapshot);
  }

  /** Raw reads of Redis against the model: entries as the model has them, registers their sums. */
  private async compare(): Promise<void> {
    const entries = await rawEntries(this.stores.redis, BUCKET);
    for (const name of GATEWAYS) {
      const expected = [...(this.model.get(name)?.values ?? [])].map(
        ([page, value]) => [keyOf(page), value] as const,
      );
      expect(entries.get(name) ?? new Map()).toEqual(new Map(expected));
    }
    const registers = await rawRegisters(this.stores.redis, BUCKET);
    expect(registers).toEqual(sums([...entries.values()]));
  }

  /** A channel that delivers at last, as the sync does: state what is there, send what is missing. */
  private async heal(): Promise<void> {
    this.channel = [];
    for (const name of GATEWAYS) {
      await this.sync(name);
      const missing = this.source(name).pending();
      if (missing) await this.deliver({ gateway: name, message: missing }, true);
      expect(this.source(name).settled).toBe(true);
    }
    const truth = [...this.truth.values()].map(
      (pages) => new Map([...pages].map(([page, value]) => [keyOf(page), value])),
    );
    expect(await rawRegisters(this.stores.redis, BUCKET)).toEqual(sums(truth));
  }
}

function sums(maps: readonly ReadonlyMap<string, Presence>[]): Map<string, Presence> {
  const keys = new Set(maps.flatMap((map) => [...map.keys()]));
  return new Map(
    [...keys].map((key) => [key, totalPresence(maps.flatMap((map) => map.get(key) ?? []))]),
  );
}

/** Declares the contract. */
export function itKeepsTheContractOfPresence(open: () => Promise<StoreHarness>): void {
  let stores: StoreHarness;
  beforeAll(async () => {
    stores = await open();
  });
  afterAll(() => stores.close());

  it('agrees with the pure feed on random histories and is exact once healed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }),
        async (steps) => {
          await stores.redis.flushall();
          await new History(stores).run(steps);
        },
      ),
      { numRuns: runs(400) },
    );
  }, 120_000);
}
