import fc from 'fast-check';
import { NEVER_IN, bring, decode, encode, isIn, join, type CausalLength } from './causal-length.js';
import {
  NEVER_FILLED,
  add,
  decode as decodeOfSet,
  encode as encodeOfSet,
  has,
  join as joinSets,
  remove,
  value,
  type CausalLengthSet,
} from './causal-length-set.js';
import type { Result } from './result.js';
import { checkLaw, expectSame, itObeysTheLaws } from './testing/laws.js';

const MOST = Number.MAX_SAFE_INTEGER;
type Side = 'in' | 'out';
const side = fc.constantFrom<Side>('in', 'out');
const element = fc.constantFrom('home', 'news', '__proto__');

function taken<T>(delta: Result<T, 'OUT_OF_RANGE'>): T {
  if (!delta.ok) throw new Error('refused, though within the bound');
  return delta.value;
}

describe('causal-length register', () => {
  describe('laws', () => {
    itObeysTheLaws<CausalLength, Side>({
      empty: NEVER_IN,
      join,
      holds: (larger, smaller) => larger >= smaller,
      change: side,
      delta: (length, { change }) => taken(bring(length, change)),
      shows: (after, { change }) => isIn(after) === (change === 'in'),
      encode,
      decode,
    });
  });

  it.each<[string, CausalLength, Side, CausalLength]>([
    ['puts in what was never in', 0, 'in', 1],
    ['takes out what is in', 1, 'out', 2],
    ['puts in again what was taken out', 2, 'in', 3],
    ['leaves in what is in', 1, 'in', 1],
    ['leaves out what is out', 2, 'out', 2],
    ['leaves out what was never in', 0, 'out', 0],
    ['stays at its bound', MOST, 'in', MOST],
  ])('%s', (_, length, wanted, expected) => {
    expect(bring(length, wanted)).toEqual({ ok: true, value: expected });
  });

  it('refuses a change of sides beyond 2^53-1 (C1)', () => {
    expect(bring(MOST, 'out')).toEqual({ ok: false, error: 'OUT_OF_RANGE' });
    expect(remove(new Map([['home', MOST]]), 'home')).toEqual({ ok: false, error: 'OUT_OF_RANGE' });
  });
});

/** A change that follows the merge of everything, so that it is later than all before it. */
type Change = readonly [element: string, side: Side];
const changes = fc.array(fc.tuple(element, side), { maxLength: 8, size: 'max' });

const deltaOf = (set: CausalLengthSet, [one, wanted]: Change): CausalLengthSet =>
  taken(wanted === 'in' ? add(set, one) : remove(set, one));

describe('causal-length set', () => {
  describe('laws', () => {
    itObeysTheLaws<CausalLengthSet, Change>({
      empty: NEVER_FILLED,
      join: joinSets,
      holds: (larger, smaller) =>
        [...smaller].every(([one, length]) => (larger.get(one) ?? 0) >= length),
      change: fc.tuple(element, side),
      delta: (set, { change }) => deltaOf(set, change),
      shows: (after, { change: [one, wanted] }) => has(after, one) === (wanted === 'in'),
      encode: encodeOfSet,
      decode: decodeOfSet,
    });

    it('is a plain set where each change follows the one before (exact)', () => {
      checkLaw(changes, (made) => {
        const plain = new Set<string>();
        let set: CausalLengthSet = NEVER_FILLED;
        for (const change of made) {
          if (change[1] === 'in') plain.add(change[0]);
          else plain.delete(change[0]);
          set = joinSets(set, deltaOf(set, change));
          expectSame(value(set), plain);
        }
      });
    });

    it('counts once what two do at the same time, and lets the later change win (concurrent)', () => {
      checkLaw(fc.tuple(changes, fc.tuple(element, side), fc.tuple(element, side)), (drawn) => {
        const [made, both, later] = drawn;
        let common: CausalLengthSet = NEVER_FILLED;
        for (const change of made) common = joinSets(common, deltaOf(common, change));
        const left = joinSets(common, deltaOf(common, both));
        const right = joinSets(common, deltaOf(common, both));
        expectSame(joinSets(left, right), left);
        const after = joinSets(left, deltaOf(left, later));
        expectSame(has(joinSets(right, after), later[0]), later[1] === 'in');
      });
    });
  });

  it('changes by a delta of one element, and by nothing where nothing changes', () => {
    const follows: CausalLengthSet = new Map([
      ['home', 1],
      ['news', 2],
    ]);
    expect(taken(add(follows, 'news'))).toEqual(new Map([['news', 3]]));
    expect(taken(remove(follows, 'home'))).toEqual(new Map([['home', 2]]));
    expect(taken(add(follows, 'home'))).toEqual(NEVER_FILLED);
    expect(taken(remove(follows, 'shop'))).toEqual(NEVER_FILLED);
  });

  it('is not filled again by an old state that has what was taken out', () => {
    const old: CausalLengthSet = new Map([['home', 1]]);
    const out = joinSets(old, taken(remove(old, 'home')));
    expect(value(joinSets(out, old))).toEqual(new Set());
  });

  it.each([
    ['a length of 0', [['home', 0]], '$[0][1]'],
    ['a negative length', [['home', -1]], '$[0][1]'],
    ['an element without a name', [['', 1]], '$[0][0]'],
  ])('refuses to read %s (L1)', (_, input, path) => {
    expect(decodeOfSet(input)).toMatchObject({ ok: false, error: { code: 'MALFORMED', path } });
  });
});
