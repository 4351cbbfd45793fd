import { decodeValue, encodeValue, type CounterValue } from './counter-value.js';
import { feedRequest, interestRequest, pushRequest, syncAnswer, syncRequest } from './messages.js';
import type { CounterName } from './counter-name.js';
import type { PageId } from './page-id.js';

const incarnation = '0199aabbccdd00000001';
const sync = {
  buckets: 1024,
  url: 'http://127.0.0.1:4001',
  heartbeat: 17,
  versions: [
    [7, 9, incarnation, 3, 4],
    [8, 1, '', 0, 0],
  ],
  stream: null,
};
const feed = { messages: [{ bucket: 7, from: null, to: 9, entries: [['/a', 1, 2]] }] };
const interest = { whole: false, add: [['/a', 'viewers']], drop: [] };
const push = { from: 5, to: 6, values: [['/a', 'likes', -3, 0, null, incarnation, 4, ['fra']]] };

describe('messages', () => {
  it.each([
    ['sync', syncRequest, sync],
    ['feed', feedRequest, feed],
    ['interest', interestRequest, interest],
    ['push', pushRequest, push],
  ] as const)('pass as docs/protocol.md shows them: %s', (_, schema, message) => {
    expect(schema.parse(JSON.parse(JSON.stringify(message)))).toEqual(message);
  });

  it.each([
    ['a bucket past the most', syncRequest, { ...sync, versions: [[65_536, 9, '', 0, 0]] }],
    ['a number below 0', syncRequest, { ...sync, versions: [[7, -1, '', 0, 0]] }],
    ['a fraction', syncRequest, { ...sync, heartbeat: 1.5 }],
    ['a number past 2^53 - 1', syncRequest, { ...sync, heartbeat: 2 ** 53 }],
    ['an incarnation that is none', syncRequest, { ...sync, versions: [[7, 1, 'x', 0, 0]] }],
    ['a row too short', syncRequest, { ...sync, versions: [[7, 1]] }],
    ['a field that is not asked for', syncRequest, { ...sync, more: 1 }],
    ['a field left out', syncRequest, { ...sync, stream: undefined }],
    [
      'an interval that does not end after it begins',
      feedRequest,
      { messages: [{ bucket: 7, from: 9, to: 9, entries: [] }] },
    ],
    [
      'a page id that is none',
      feedRequest,
      { messages: [{ bucket: 7, from: 1, to: 9, entries: [['a b', 1, 1]] }] },
    ],
    [
      'a page id that is not normalised',
      interestRequest,
      { ...interest, add: [['gro\u0308ße', 'likes']] },
    ],
    ['a counter name that is none', interestRequest, { ...interest, add: [['/a', '1st']] }],
    ['10,001 counters', interestRequest, { ...interest, add: Array(10_001).fill(['/a', 'likes']) }],
    [
      'a count past 2^53 - 1',
      pushRequest,
      { ...push, values: [['/a', 'likes', 2 ** 53, 0, null, '', 4]] },
    ],
    ['nothing', pushRequest, null],
  ] as const)('are refused with %s', (_, schema, message) => {
    expect(schema.safeParse(message).success).toBe(false);
  });

  it('may grow in answers without harm to those who do not know of it yet', () => {
    const answer = { region: 'local', datagramPort: null, stored: [], stream: 5 };
    expect(syncAnswer.parse({ ...answer, later: 1 })).toEqual(answer);
  });
});

describe('a value', () => {
  it('comes back from the wire as it was', () => {
    const value: CounterValue = {
      pageId: '/a' as PageId,
      name: 'likes' as CounterName,
      count: 715,
      connections: 0,
      updatedAtMs: 1_917_864_702_000,
      incarnation,
      rev: 4,
      staleRegions: [],
    };
    expect(encodeValue(value)).toEqual([
      '/a',
      'likes',
      715,
      0,
      1_917_864_702_000,
      incarnation,
      4,
      [],
    ]);
    expect(decodeValue(encodeValue(value))).toEqual(value);
  });
});
