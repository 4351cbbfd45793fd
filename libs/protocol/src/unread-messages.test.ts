import { NEVER_MUTED, type Writer } from '@headcount/crdt';
import { interestAnswer, interestRequest, pushRequest } from './messages.js';
import type { PageId } from './page-id.js';
import {
  FOLLOWS_ASKS_MAX,
  INTEREST_PAGES_MAX,
  PAIRS_MAX,
  TITLES_MAX,
  decodePageModifications,
  encodePageModifications,
  followOfWire,
  followsAnswer,
  followsRequest,
  titlesAnswer,
  titlesRequest,
  wireFollow,
  type PageModificationsValue,
} from './unread-messages.js';

const WRITER = `ams/${'0'.repeat(20)}` as Writer;
const OTHER = `fra/${'1'.repeat(20)}` as Writer;
const VALUE: PageModificationsValue = {
  ...{ pageId: 'home' as PageId, incarnation: '2'.repeat(20), rev: 12, modifiedAtMs: 99 },
  made: new Map([
    [WRITER, 4],
    [OTHER, 2],
  ]),
  pairCount: 1,
  told: {
    above: 1,
    pairs: [
      [
        { writer: WRITER, position: 3 },
        { writer: OTHER, position: 2 },
      ],
    ],
  },
};
const ROW = encodePageModifications(VALUE);
const NONE = { whole: true, add: [], drop: [] };

describe('modifications of a page on the wire', () => {
  it.each([
    ['with pairs', VALUE],
    ['without them', { ...VALUE, told: null }],
    ['that was never modified', { ...VALUE, made: new Map(), incarnation: '', pairCount: 0 }],
  ])('come through %s', (_, value) => {
    const sent: unknown = JSON.parse(JSON.stringify(encodePageModifications(value)));
    const { pages } = pushRequest.parse({ from: 1, to: 2, values: [], pages: [sent] });
    expect(pages?.map(decodePageModifications)).toEqual([value]);
  });

  it.each([
    ['a writer that is none', ROW.with(4, [['ams', 1]] as never)],
    ['a position of nothing', ROW.with(4, [[WRITER, 0]] as never)],
    ['half a pair', ROW.with(6, [0, [[WRITER, 1]]] as never)],
    ['too many pairs', ROW.with(6, [0, Array(PAIRS_MAX + 1).fill([WRITER, 1, OTHER, 1])])],
    ['a page id that is none', ROW.with(0, 'no spaces' as never)],
  ])('do not with %s', (_, row) => {
    const answer = { stream: 1, values: [], pages: [row] };
    expect(interestAnswer.safeParse(answer).success).toBe(false);
  });
});

describe('interest in pages and users', () => {
  it('may be left out, as those do who know counters alone', () => {
    expect(interestRequest.parse(NONE)).toEqual(NONE);
    expect(interestAnswer.parse({ stream: 1, values: [] })).toEqual({ stream: 1, values: [] });
  });

  it.each([
    ['a user that is none', { users: { add: ['\u0007'], drop: [] } }],
    ['pairs above nothing', { pages: { add: [['home', -1]], drop: [] } }],
    [
      'too many pages',
      { pages: { add: Array(INTEREST_PAGES_MAX + 1).fill(['home', null]), drop: [] } },
    ],
    ['what nobody knows', { groups: { add: [], drop: [] } }],
  ])('is refused with %s', (_, more) => {
    expect(interestRequest.safeParse({ ...NONE, ...more }).success).toBe(false);
  });
});

describe('follows on the wire', () => {
  it('say what unread is computed from', () => {
    const marks = new Map([[WRITER, 3]]);
    const follow = { length: 5, marks, mute: { number: 4, untilMs: 99 } };
    const sent = wireFollow('home' as PageId, follow);
    const { parts } = followsAnswer.parse({ parts: [['ann', 'tag', [sent], null]] });
    const [pageId, read] = followOfWire(parts[0]?.[2]?.[0] ?? sent);
    expect(pageId).toBe('home');
    expect(read).toMatchObject({ marks, mute: { untilMs: 99 } });
    expect(followOfWire(wireFollow(pageId, { ...follow, mute: NEVER_MUTED }))[1].mute).toEqual(
      NEVER_MUTED,
    );
  });

  it('are asked for within bounds', () => {
    const ask = ['ann', '', null];
    expect(followsRequest.safeParse({ asks: [ask] }).success).toBe(true);
    for (const asks of [
      Array(FOLLOWS_ASKS_MAX + 1).fill(ask),
      [['', '', null]],
      [['ann', 'x'.repeat(65), null]],
      [['ann', '', 'no spaces']],
    ])
      expect(followsRequest.safeParse({ asks }).success).toBe(false);
  });
});

describe('titles', () => {
  it('are asked for and told within bounds', () => {
    expect(titlesRequest.safeParse({ pages: ['home'] }).success).toBe(true);
    expect(titlesRequest.safeParse({ pages: Array(TITLES_MAX + 1).fill('home') }).success).toBe(
      false,
    );
    expect(titlesAnswer.safeParse({ titles: ['a', null] }).success).toBe(true);
    expect(titlesAnswer.safeParse({ titles: [7] }).success).toBe(false);
  });
});
