import fc from 'fast-check';
import { NEVER_IN, bring, isIn, join, type CausalLength } from './causal-length.js';
import type { Result } from './result.js';
import { itObeysTheLaws } from './testing/laws.js';

const MOST = Number.MAX_SAFE_INTEGER;
type Side = 'in' | 'out';
const side = fc.constantFrom<Side>('in', 'out');

function taken<T>(delta: Result<T, 'OUT_OF_RANGE'>): T {
  if (!delta.ok) throw new Error('refused, though within the bound');
  return delta.value;
}

describe('causal length', () => {
  describe('laws', () => {
    itObeysTheLaws<CausalLength, Side>({
      empty: NEVER_IN,
      join,
      holds: (larger, smaller) => larger >= smaller,
      change: side,
      delta: (length, { change }) => taken(bring(length, change)),
      shows: (after, { change }) => isIn(after) === (change === 'in'),
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
  });
});
