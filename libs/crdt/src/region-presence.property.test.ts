import fc from 'fast-check';
import { AssertionError } from './assert.js';
import { NOBODY } from './presence.js';
import { UNSEEN, count, join, write, type RegionPresence } from './region-presence.js';
import { checkLaw, expectSame, itObeysTheLaws, shuffled } from './testing/laws.js';
import { incarnation, region } from './testing/writers.js';
import type { Region } from './writer.js';

const REGIONS: readonly Region[] = ['ams', 'fra', 'sin'].map(region);
const [AMS, , SIN] = REGIONS as [Region, Region, Region];
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

const NONE_STALE: ReadonlySet<Region> = new Set();
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
        expectSame(count(page, NONE_STALE).presence.viewers, sum);
      });
    });

    it('leaves out stale regions, and names them (count)', () => {
      const sayings = fc.array(fc.nat(9), { minLength: 3, maxLength: 3, size: 'max' });
      checkLaw(fc.tuple(sayings, fc.subarray([...REGIONS])), ([said, away]) => {
        const page = said
          .map((viewers, at) => one(regionAt(at), 1, 1, viewers))
          .reduce(join, UNSEEN);
        const sum = said.reduce(
          (all, viewers, at) => (away.includes(regionAt(at)) ? all : all + viewers),
          0,
        );
        expectSame(count(page, new Set(away.toReversed())), {
          presence: { viewers: sum, connections: sum },
          staleRegions: away.toSorted(),
        });
      });
    });
  });

  it('takes a later incarnation for later, whatever its seq', () => {
    const page = join(one(AMS, 1, 99, 7), one(AMS, 2, 1, 3));
    expect(count(page, NONE_STALE).presence.viewers).toBe(3);
  });

  it('names a stale region that has said nothing of the page', () => {
    expect(count(UNSEEN, new Set([SIN]))).toEqual({ presence: NOBODY, staleRegions: [SIN] });
  });

  it('keeps the register of nobody, so that an older one does not come back', () => {
    const page = join(one(AMS, 1, 2, 0), one(AMS, 1, 1, 5));
    expect(count(page, NONE_STALE).presence).toEqual(NOBODY);
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
