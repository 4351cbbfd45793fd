/**
 * Goal    regions that gossip come to hold and show the same and the right thing, whatever is cut, lost, repeated, away or
 *         forgotten on the way, and never claim to cover what they do not hold.
 * Method  three regions in memory (the model that Redis is held against) on a virtual clock, the real gossip between them,
 *         two counter-apis a region that each think they own every bucket. Likes are distinct powers of two, so that a total
 *         tells which of them it counts; presence is restated after a loss, as gateways do.
 */
import fc from 'fast-check';
import type { Writer } from '@headcount/crdt';
import { runs, seededRandom } from '@headcount/testing';
import { CALM, GossipWorld, type Weather, type WorldOptions } from './testing/gossip-world.js';

const RUNS = runs(30);
const NAMES = ['a', 'b', 'c'];
const BUCKETS = 2;
const KEYS = ['home0', 'home1', 'page0', 'page1'];
const MESH: WorldOptions['peers'] = { a: ['b', 'c'], b: ['a', 'c'], c: ['a', 'b'] };
const CHAIN: WorldOptions['peers'] = { a: ['b'], b: ['a', 'c'], c: ['b'] };

const name = fc.constantFrom(...NAMES);
const place = fc.record({ bucket: fc.nat({ max: BUCKETS - 1 }), key: fc.constantFrom(...KEYS) });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('add' as const), name, place }) },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('view' as const),
      name,
      place,
      viewers: fc.nat({ max: 3 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('pass' as const),
      ms: fc.constantFrom(1, 7, 60, 300, 2500, 15_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constantFrom('cut' as const, 'heal' as const),
      name,
      to: name,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constantFrom('away' as const, 'back' as const), name }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constantFrom('save' as const, 'rollBack' as const, 'flush' as const),
      name,
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A like that was acknowledged. */
interface Like {
  readonly region: string;
  readonly bucket: number;
  readonly key: string;
  readonly amount: number;
  readonly writer: string;
  readonly seq: number;
}

class History {
  readonly likes: Like[] = [];
  /** Likes of a region that has forgotten since: it may have done so before anyone was told. */
  readonly unsure = new Set<Like>();
  private bit = 0;

  constructor(readonly world: GossipWorld) {}

  async take(one: Step): Promise<void> {
    const { world } = this;
    if (one.does === 'pass') return world.pass(one.ms);
    const region = world.at(one.name);
    if (one.does === 'cut') world.cuts.add(`${one.name}>${one.to}`);
    else if (one.does === 'heal') world.cuts.delete(`${one.name}>${one.to}`);
    else if (one.does === 'away') region.store.away = true;
    else if (one.does === 'back') region.store.away = false;
    else if (one.does === 'save') region.saved = region.store.snapshot();
    else if (one.does === 'view')
      world.setViewers(one.name, one.place.bucket, one.place.key, one.viewers);
    else if (one.does === 'add') this.add(one.name, one.place);
    else this.forget(one.name, one.does);
  }

  private add(region: string, { bucket, key }: { bucket: number; key: string }): void {
    const { store } = this.world.at(region);
    if (store.away) return;
    const amount = 2 ** this.bit++;
    this.likes.push({ region, bucket, key, amount, ...store.add(bucket, key, amount) });
  }

  private forget(region: string, how: 'rollBack' | 'flush'): void {
    const { store, saved } = this.world.at(region);
    if (how === 'flush') store.flush();
    else store.rollBackTo(saved);
    for (const like of this.likes) if (like.region === region) this.unsure.add(like);
    this.world.restate(region);
  }

  /** Nobody covers what he does not hold: of each writer at least what was written up to there. */
  checkClaims(): void {
    for (const holder of NAMES) {
      for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
        const { vector, counters } = this.world.at(holder).store.peek(bucket);
        for (const like of this.likes) {
          const at = vector.get(like.region);
          const [, incarnation = ''] = like.writer.split('/');
          if (like.bucket !== bucket || at?.incarnation !== incarnation) continue;
          if (like.seq > at.seq) continue;
          const held = counters.get(like.key)?.totals.get(like.writer as Writer)?.up ?? 0;
          expect([holder, like, Math.floor(held / like.amount) % 2]).toEqual([holder, like, 1]);
        }
      }
    }
  }

  checkEnd(): void {
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      for (const key of KEYS) {
        const viewers = NAMES.reduce(
          (sum, each) => sum + (this.world.at(each).viewers.get(`${bucket} ${key}`) ?? 0),
          0,
        );
        const { likes } = this.world.shown('a', bucket, key);
        for (const each of NAMES) {
          expect([each, bucket, key, this.world.shown(each, bucket, key)]).toEqual([
            each,
            bucket,
            key,
            { likes, viewers },
          ]);
        }
        for (const like of this.likes) {
          if (like.bucket !== bucket || like.key !== key || this.unsure.has(like)) continue;
          expect([like, Math.floor(likes / like.amount) % 2]).toEqual([like, 1]);
        }
      }
    }
  }
}

const weathers: fc.Arbitrary<Weather> = fc.record({
  loss: fc.constantFrom(0, 0.1, 0.3),
  repeat: fc.constantFrom(0, 0.5),
  delayMsMax: fc.constantFrom(0, 50, 1500),
});
const stories = fc.record({
  steps: fc.array(step, { maxLength: 40, size: 'max' }),
  weather: weathers,
  /** Of one answer. */
  partsMax: fc.constantFrom(1, 3, Infinity),
  seed: fc.nat(),
});

interface Story {
  readonly steps: readonly Step[];
  readonly weather: Weather;
  readonly partsMax: number;
  readonly seed: number;
}

async function live(peers: WorldOptions['peers'], story: Story): Promise<void> {
  const random = seededRandom(story.seed);
  const world = new GossipWorld({ peers, buckets: BUCKETS, counterApis: 2, random });
  [world.weather, world.partsMax] = [story.weather, story.partsMax];
  const history = new History(world);
  world.start();
  try {
    for (const one of story.steps) {
      await history.take(one);
      history.checkClaims();
    }
    world.cuts.clear();
    world.weather = CALM;
    for (const each of NAMES) {
      world.at(each).store.away = false;
      world.restate(each);
    }
    await world.pass(40_000);
    history.checkClaims();
    history.checkEnd();
  } finally {
    await world.stop();
  }
}

describe('gossip', () => {
  it.each([
    ['each with each', MESH],
    ['in a chain, through the middle one', CHAIN],
  ])(
    'brings regions to the same and the right state: %s',
    async (_, peers) => {
      await fc.assert(
        fc.asyncProperty(stories, async (story) => {
          await live(peers, story);
        }),
        { numRuns: RUNS },
      );
    },
    300_000,
  );
});
