import fc from 'fast-check';
import { AssertionError } from './assert.js';
import { NOBODY } from './presence.js';
import {
  UNSEEN,
  count,
  join,
  write,
  type KnownRegions,
  type RegionPresence,
} from './region-presence.js';
import { checkLaw, expectSame, itObeysTheLaws, shuffled } from './testing/laws.js';
import { incarnation, region } from './testing/writers.js';
import type { Region } from './writer.js';

const REGIONS: readonly Region[] = ['ams', 'fra', 'sin'].map(region);
const [AMS, FRA, SIN] = REGIONS as [Region, Region, Region];
const regionAt = (at: number): Region => REGIONS[at] ?? AMS;

/** What a region says: so many viewers, in this incarnation or, where it knows a later one, in that. */
interface Saying {
  readonly viewers: number;
  readonly more: number;
  /** Whether Redis has forgotten something, so that a later incarnation begins, with a seq of any size. */
  readonly reborn: boolean;
  readonly seq: number;
}

const saying: fc.Arbitrary<Saying> = fc.record({
  viewers: fc.nat(9),
  more: fc.nat(2),
  reborn: fc.integer({ min: 0, max: 3 }).map((one) => one === 0),
  seq: fc.integer({ min: 1, max: 3 }),
});

/** The nth life and the seq that a region's next register is written under. */
function nextVersion(
  page: RegionPresence,
  by: Region,
  { reborn, seq }: Saying,
): { readonly life: number; readonly seq: number } {
  const held = page.get(by);
  const life = held ? parseInt(held.incarnation.slice(0, 12), 16) : 1;
  return reborn ? { life: life + 1, seq } : { life, seq: (held?.seq ?? 0) + seq };
}

function say(page: RegionPresence, by: Region, said: Saying): RegionPresence {
  const { life, seq } = nextVersion(page, by, said);
  const presence = { viewers: said.viewers, connections: said.viewers + said.more };
  return write(by, { incarnation: incarnation(life), seq, presence });
}

const nothingKnown: KnownRegions = { incarnations: new Map(), stale: new Set() };
const one = (by: Region, life: number, seq: number, viewers: number): RegionPresence =>
  write(by, {
    incarnation: incarnation(life),
    seq,
    presence: { viewers, connections: viewers },
  });

describe('presence by regions', () => {
  describe('laws', () => {
    itObeysTheLaws<RegionPresence, Saying>({
      empty: UNSEEN,
      join,
      holds: (larger, smaller) =>
        [...smaller].every(([by, register]) => {
          const held = larger.get(by);
          if (held === undefined) return false;
          if (held.incarnation !== register.incarnation) {
            return held.incarnation > register.incarnation;
          }
          return held.seq > register.seq || held === register;
        }),
      change: saying,
      delta: (page, { replica, change }) => say(page, regionAt(replica), change),
      shows: (after, { replica, change }) =>
        after.get(regionAt(replica))?.presence.viewers === change.viewers,
    });

    it('shows the sum of what each region said last, in any order of delivery (exact)', () => {
      const sayings = fc.array(fc.tuple(fc.nat(2), saying), { maxLength: 8, size: 'max' });
      checkLaw(fc.tuple(sayings, fc.nat()), ([said, seed]) => {
        const last = new Map<Region, number>();
        let truth: RegionPresence = UNSEEN;
        const deltas = said.map(([at, what]) => {
          const delta = say(truth, regionAt(at), what);
          truth = join(truth, delta);
          last.set(regionAt(at), what.viewers);
          return delta;
        });
        const page = shuffled(deltas, 2, seed).reduce(join, UNSEEN);
        const sum = [...last.values()].reduce((all, viewers) => all + viewers, 0);
        expectSame(count(page, nothingKnown).presence.viewers, sum);
      });
    });

    it('leaves out stale regions and ended incarnations, and names the stale ones (count)', () => {
      const registers = fc.array(fc.tuple(fc.nat(2), fc.nat(9)), {
        minLength: 3,
        maxLength: 3,
        size: 'max',
      });
      const highest = fc.array(fc.nat(2), { minLength: 3, maxLength: 3 });
      const stale = fc.subarray([...REGIONS]);
      checkLaw(fc.tuple(registers, highest, stale), ([lives, known, away]) => {
        const page = lives
          .map(([life, viewers], at) => one(regionAt(at), life, 1, viewers))
          .reduce(join, UNSEEN);
        const sum = lives.reduce((all, [life, viewers], at) => {
          const counts = life >= (known[at] ?? 0) && !away.includes(regionAt(at));
          return counts ? all + viewers : all;
        }, 0);
        const incarnations = new Map(known.map((life, at) => [regionAt(at), incarnation(life)]));
        const shown = count(page, { incarnations, stale: new Set(away.toReversed()) });
        expectSame(shown, {
          presence: { viewers: sum, connections: sum },
          staleRegions: away.toSorted(),
        });
      });
    });
  });

  it('takes a later incarnation for later, whatever its seq', () => {
    const page = join(one(AMS, 1, 99, 7), one(AMS, 2, 1, 3));
    expect(count(page, nothingKnown).presence.viewers).toBe(3);
  });

  it('does not count an ended incarnation on a page that the later one says nothing of', () => {
    const page = join(one(AMS, 1, 9, 7), one(FRA, 1, 9, 2));
    const known = { incarnations: new Map([[AMS, incarnation(2)]]), stale: new Set<Region>() };
    expect(count(page, known)).toEqual({
      presence: { viewers: 2, connections: 2 },
      staleRegions: [],
    });
  });

  it('names a stale region that has said nothing of the page', () => {
    const known = { incarnations: new Map(), stale: new Set([SIN]) };
    expect(count(UNSEEN, known)).toEqual({ presence: NOBODY, staleRegions: [SIN] });
  });

  it('keeps the register of nobody, so that an older one does not come back', () => {
    const page = join(one(AMS, 1, 2, 0), one(AMS, 1, 1, 5));
    expect(count(page, nothingKnown).presence).toEqual(NOBODY);
  });

  it('settles on one of two contents of one version, on every replica the same (R2)', () => {
    const [left, right] = [one(AMS, 1, 1, 4), one(AMS, 1, 1, 5)];
    expect(join(left, right)).toEqual(join(right, left));
  });

  it.each([
    ['more viewers than connections', 1, { viewers: 2, connections: 1 }],
    ['fewer than nobody', 1, { viewers: -1, connections: 1 }],
    ['half a viewer', 1, { viewers: 0.5, connections: 1 }],
    ['a seq of 0', 0, { viewers: 1, connections: 1 }],
  ])('refuses by assertion to write %s', (_, seq, presence) => {
    const register = { incarnation: incarnation(1), seq, presence };
    expect(() => write(AMS, register)).toThrow(AssertionError);
  });

  it('refuses by assertion to write under no incarnation', () => {
    expect(() => write(AMS, { incarnation: '', seq: 1, presence: NOBODY })).toThrow(AssertionError);
  });
});
