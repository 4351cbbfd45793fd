import {
  DIGEST_POSITIONS_MAX,
  DIGEST_WAIT_MS_MAX,
  PULL_ASKS_MAX,
  digestAnswer,
  digestRequest,
  pullAnswer,
  pullRequest,
} from './region-messages.js';

const instance = '0123456789abcdef0123456789abcdef';
const incarnation = '0199aabbccdd00000001';
const earlier = '0199aabbccdc00000001';
const digest = {
  region: 'ams',
  buckets: 1024,
  retired: ['old'],
  after: [instance, 42],
  waitMs: 2000,
};
const digested = {
  region: 'fra',
  instance,
  clock: 57,
  heartbeats: [
    ['ams', 16],
    ['fra', 10],
  ],
  retired: [],
  fresh: ['ams', 'fra'],
  positions: [[7, incarnation, 20]],
};
const ask = { bucket: 7, incarnation, rev: 12, vector: [['ams', incarnation, 9]], cursor: null };
const pull = { region: 'ams', asks: [ask] };
const state = {
  vector: [
    ['fra', incarnation, 18],
    ['sin', earlier, 4],
  ],
  writers: [
    ['fra', incarnation],
    ['sin', earlier],
  ],
  rows: [
    [
      'home',
      '',
      [
        [0, 18, 3, 4],
        [1, 4, 1, 1],
      ],
      [[0, 17, 5, 0]],
    ],
  ],
  operations: [['op-1', 0, 'home\tlikes', 1, 7, 5]],
  voids: [['op-0', 1, 'home\tlikes', -1, 6, 3, [0, 'home\tlikes', 4, 2]]],
  histories: [['home', '', [['event-1', 1_700_000_000_000, '["A title",null,null]']]]],
  follows: [['ann', '', 'home', '', 1, 2, 1_700_000_000_000, [[1, 3]]]],
  votes: [
    [
      ...['#digest', 'a long page poll', [['red', '#other', 'a long page poll:red']]],
      [
        ['ann', 1, 'red'],
        ['bob', 2, ''],
        ['cy', 3, ''],
      ],
    ],
  ],
};
const interval = {
  bucket: 7,
  incarnation,
  from: 12,
  to: 20,
  covers: [['fra', incarnation, 18, earlier, 2]],
  cursor: null,
  slice: null,
  state,
};
const ofWhole = { ...interval, from: null, covers: null, cursor: 'on', slice: [4, 1] };
const pulled = { parts: [interval, ofWhole] };
const firstAsk = { ...ask, incarnation: '', rev: 0, vector: [], cursor: 'on' };

describe('messages between regions', () => {
  it.each([
    ['a digest asked for', digestRequest, digest],
    ['the first digest', digestRequest, { ...digest, after: null }],
    ['a digest', digestAnswer, digested],
    ['a pull', pullRequest, pull],
    [
      'a pull of what was never pulled, and of more of it',
      pullRequest,
      { ...pull, asks: [firstAsk] },
    ],
    ['what was pulled: an interval, and a part of whole state', pullAnswer, pulled],
    [
      'a bucket that Redis holds nothing of',
      digestAnswer,
      { ...digested, positions: [[7, '', 0]] },
    ],
  ] as const)('pass as docs/protocol.md shows them: %s', (_, schema, message) => {
    expect(schema.parse(JSON.parse(JSON.stringify(message)))).toEqual(message);
  });

  it.each([
    ['a region that is none', digestRequest, { ...digest, region: 'Ams' }],
    ['65 regions', digestRequest, { ...digest, retired: Array(65).fill('old') }],
    ['no bucket', digestRequest, { ...digest, buckets: 0 }],
    ['more buckets than there may be', digestRequest, { ...digest, buckets: 65_537 }],
    ['an instance that is none', digestRequest, { ...digest, after: ['x', 42] }],
    ['a clock below 0', digestRequest, { ...digest, after: [instance, -1] }],
    ['a wait that never ends', digestRequest, { ...digest, waitMs: DIGEST_WAIT_MS_MAX + 1 }],
    ['a field that is not asked for', digestRequest, { ...digest, more: 1 }],
    ['a field left out', digestRequest, { ...digest, after: undefined }],
    ['a heartbeat past 2^53 - 1', digestAnswer, { ...digested, heartbeats: [['ams', 2 ** 53]] }],
    ...[[['ann', 2, 'red']], [['ann', 1, 'a b']], [['ann', 0, '']]].map(
      (votes) =>
        [
          'a vote that is none',
          pullAnswer,
          { parts: [{ ...interval, state: { ...state, votes: [['home likes', '', [], votes]] } }] },
        ] as const,
    ),
    ['an incarnation that is none', digestAnswer, { ...digested, positions: [[7, 'x', 20]] }],
    ['a bucket past the most', digestAnswer, { ...digested, positions: [[65_536, '', 0]] }],
    [
      'more positions than an answer may have',
      digestAnswer,
      { ...digested, positions: Array(DIGEST_POSITIONS_MAX + 1).fill([7, incarnation, 20]) },
    ],
    [
      'more asks than a pull may have',
      pullRequest,
      { ...pull, asks: Array(PULL_ASKS_MAX + 1).fill(ask) },
    ],
    ['a rev that is a fraction', pullRequest, { ...pull, asks: [{ ...ask, rev: 1.5 }] }],
    [
      'a vector of 65 regions',
      pullRequest,
      { ...pull, asks: [{ ...ask, vector: Array(65).fill(['ams', incarnation, 9]) }] },
    ],
    [
      'a cursor longer than any',
      pullRequest,
      { ...pull, asks: [{ ...ask, cursor: 'x'.repeat(16_385) }] },
    ],
    ['a part without an end', pullAnswer, { parts: [{ ...interval, to: undefined }] }],
    ['a slice of none', pullAnswer, { parts: [{ ...ofWhole, slice: [0, 0] }] }],
    [
      'a row too short',
      pullAnswer,
      { parts: [{ ...interval, state: { ...state, rows: [['home', '', []]] } }] },
    ],
    [
      'a register with a number below 0',
      pullAnswer,
      { parts: [{ ...interval, state: { ...state, rows: [['home', '', [[0, 18, -3, 4]], []]] } }] },
    ],
    [
      'a follow without its marks',
      pullAnswer,
      {
        parts: [{ ...interval, state: { ...state, follows: [['ann', '', 'home', '', 1, 0, 0]] } }],
      },
    ],
    [
      'a cover without its base',
      pullAnswer,
      { parts: [{ ...interval, covers: [['fra', incarnation, 18]] }] },
    ],
    ['nothing', pullAnswer, null],
  ] as const)('are refused with %s', (_, schema, message) => {
    expect(schema.safeParse(message).success).toBe(false);
  });

  it('may grow in answers without harm to those who do not know of it yet', () => {
    expect(digestAnswer.parse({ ...digested, later: 1 })).toEqual(digested);
    const grown = { later: 1, parts: [{ ...interval, later: 1, state: { ...state, later: 1 } }] };
    expect(pullAnswer.parse(grown)).toEqual({ parts: [interval] });
  });
});
