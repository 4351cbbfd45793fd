import { AssertionError } from './assert.js';
import {
  judge,
  nothingStored,
  receive,
  type FeedMessage,
  type FeedState,
  type FeedVerdict,
} from './feed.js';

const isZero = (value: number): boolean => value === 0;
const at5: FeedState<number> = {
  version: 5,
  values: new Map([
    ['home', 2],
    ['news', 7],
  ]),
};

describe('feed', () => {
  it.each<[string, number | null, number, FeedVerdict]>([
    ['takes an interval that follows on', 5, 6, 'taken'],
    ['takes an interval that overlaps what is stored', 2, 6, 'taken'],
    ['calls an interval that ends where it stands old', 4, 5, 'old'],
    ['calls an interval that ends before old', 1, 4, 'old'],
    ['needs more where something before the interval is missing', 6, 8, 'need'],
    ['takes newer whole state', null, 9, 'taken'],
    ['takes whole state of its own version, which repairs', null, 5, 'taken'],
    ['calls older whole state old', null, 4, 'old'],
  ])('%s', (_, from, to, verdict) => {
    const message = { from, to, entries: [] } as FeedMessage<number>;
    expect(judge(at5.version, message)).toBe(verdict);
    expect(receive(at5, message, isZero).verdict).toBe(verdict);
  });

  it('writes what an interval mentions, deletes its zeros and keeps the rest', () => {
    const entries = [
      { key: 'home', value: 0, version: 6 },
      { key: 'shop', value: 1, version: 7 },
    ];
    const { state } = receive(at5, { from: 5, to: 7, entries }, isZero);
    expect(state).toEqual({
      version: 7,
      values: new Map([
        ['news', 7],
        ['shop', 1],
      ]),
    });
  });

  it('moves to the end of an interval, though its last change is not the end', () => {
    const entries = [{ key: 'home', value: 3, version: 6 }];
    expect(receive(at5, { from: 5, to: 9, entries }, isZero).state.version).toBe(9);
  });

  it('drops what whole state does not mention', () => {
    const entries = [{ key: 'shop', value: 4, version: 3 }];
    const { state } = receive(at5, { from: null, to: 5, entries }, isZero);
    expect(state).toEqual({ version: 5, values: new Map([['shop', 4]]) });
  });

  it('leaves the state that it was given as it was', () => {
    receive(at5, { from: 5, to: 6, entries: [{ key: 'home', value: 0, version: 6 }] }, isZero);
    expect(at5.values.get('home')).toBe(2);
  });

  it('starts with nothing at version 0, so that any first interval from 0 is taken', () => {
    expect(nothingStored<number>()).toEqual({ version: 0, values: new Map() });
    expect(judge(0, { from: 0, to: 1, entries: [] })).toBe('taken');
    expect(judge(0, { from: 1, to: 2, entries: [] })).toBe('need');
  });

  it.each([
    ['ends before it begins', 7, 6],
    ['is empty', 6, 6],
  ])('refuses by assertion an interval that %s', (_, from, to) => {
    expect(() => receive(at5, { from, to, entries: [] }, isZero)).toThrow(AssertionError);
  });
});
