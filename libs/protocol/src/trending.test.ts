import { HeadcountError } from './errors.js';
import {
  TRENDING_WINDOWS,
  trendingAnswer,
  trendingAsk,
  trendingRequest,
  trendingWindow,
  type TrendingArgs,
} from './trending.js';

const codeOf = (args: TrendingArgs): string | null => {
  try {
    trendingAsk(args);
    return null;
  } catch (cause) {
    return cause instanceof HeadcountError ? cause.code : 'another error';
  }
};

describe('a question for trending pages', () => {
  it('is for ten pages of five minutes by visits where nothing is said', () => {
    const preset = { first: 10, windowSeconds: 300, name: 'visits' };
    expect(trendingAsk({})).toEqual(preset);
    expect(trendingAsk({ first: null, windowSeconds: null, name: null })).toEqual(preset);
  });

  it.each([
    [{ first: 1, windowSeconds: 10, name: 'likes' }, null],
    [{ first: 100, windowSeconds: 3600 }, null],
    [{ first: 0 }, 'BAD_REQUEST'],
    [{ first: 101 }, 'BAD_REQUEST'],
    [{ first: 1.5 }, 'BAD_REQUEST'],
    [{ first: '1' }, 'BAD_REQUEST'],
    [{ first: NaN }, 'BAD_REQUEST'],
    [{ windowSeconds: 9 }, 'BAD_REQUEST'],
    [{ windowSeconds: 3601 }, 'BAD_REQUEST'],
    [{ name: 'no spaces' }, 'BAD_COUNTER_NAME'],
    [{ name: '' }, 'BAD_COUNTER_NAME'],
  ])('within bounds or not: %j gives %s', (args, code) => {
    expect(codeOf(args)).toBe(code);
  });
});

describe('a window of trending', () => {
  it.each([
    [10, 10],
    [11, 30],
    [30, 30],
    [31, 60],
    [61, 120],
    [121, 300],
    [290, 300],
    [301, 600],
    [601, 1800],
    [1801, 3600],
    [3600, 3600],
  ])('of %i seconds covers %i', (windowSeconds, covered) => {
    expect(trendingAsk({ windowSeconds }).windowSeconds).toBe(covered);
  });

  it('is never shorter than what was asked for, and is one of eight', () => {
    const asked = Array.from({ length: 3600 }, (_, at) => at + 1);
    expect(asked.filter((seconds) => trendingWindow(seconds) < seconds)).toEqual([]);
    expect([...new Set(asked.map(trendingWindow))]).toEqual(TRENDING_WINDOWS);
    expect(TRENDING_WINDOWS).toHaveLength(8);
  });

  it.each([0, -1, NaN, 3601])('of %d seconds does not exist', (seconds) => {
    expect(() => trendingWindow(seconds)).toThrow('no window');
  });
});

describe('the messages of trending', () => {
  it('pass as docs/protocol.md shows them', () => {
    const request = { asks: [['visits', 300, 10]] };
    expect(trendingRequest.parse(request)).toEqual(request);
    const answer = { answers: [[['home', 12]], [], 'BAD_REQUEST'] };
    expect(trendingAnswer.parse(answer)).toEqual(answer);
  });

  it.each([
    { asks: [['visits', 9, 10]] },
    { asks: [['visits', 300, 101]] },
    { asks: [['1st', 300, 10]] },
    { asks: Array(33).fill(['visits', 300, 10]) },
    { asks: [], more: 1 },
  ])('are refused with anything else asked: %j', (request) => {
    expect(trendingRequest.safeParse(request).success).toBe(false);
  });

  it.each([[[['a b', 1]]], [[['home', 0]]], [[['home', 2 ** 53]]], ['NO_CODE']])(
    'are refused with anything else answered: %j',
    (answer) => {
      expect(trendingAnswer.safeParse({ answers: [answer] }).success).toBe(false);
    },
  );
});
