import { parseCounterName } from './counter-name.js';
import { instanceIdBytes, instanceIdOf, parseInstanceId } from './instance-id.js';
import { parseOperationId } from './operation-id.js';
import { parseViewerId, viewerIdFault } from './viewer-id.js';

describe('a counter name', () => {
  it.each(['viewers', 'likes', 'A', 'votes:2030-10', 'a_b.c', 'x'.repeat(64)])(
    'may be %s',
    (raw) => {
      expect(parseCounterName(raw)).toEqual({ ok: true, value: raw });
    },
  );

  it.each(['', '1st', '_a', 'a b', 'größe', 'x'.repeat(65), 'likes\n'])(
    'may not be "%s"',
    (raw) => {
      expect(parseCounterName(raw)).toEqual({ ok: false, error: 'BAD_COUNTER_NAME' });
    },
  );
});

describe('a viewer id', () => {
  it.each([
    'v1',
    'ann@example.org',
    'auth0|5f7c',
    'Ann B.',
    "o'brien",
    'größe',
    '😀',
    '👩\u200d🚀',
    'می\u200cخواهم',
    'ශ්\u200dරී',
    'x'.repeat(128),
  ])('may be %s', (raw) => {
    expect(parseViewerId(raw)).toEqual({ ok: true, value: raw });
  });

  it.each(['', 'a\u0000', 'a\nb', 'a\u200b', '\ud800', 'a\u2028', 'x'.repeat(129), 'ä'.repeat(65)])(
    'may not be "%s"',
    (raw) => {
      expect(parseViewerId(raw)).toEqual({ ok: false, error: 'BAD_VIEWER_ID' });
    },
  );
});

describe('the fault of a viewer id', () => {
  it.each([
    ['', 'at least one'],
    ['a\u200bb', 'U+200B, an invisible character, which is at position 1 '],
    ['a\u200db', 'U+200D, a joiner outside of a word, which is at position 1 '],
    ['ann\n', 'U+000A, a control character, which is at position 3 '],
    ['a\u202eb', 'U+202E, '],
    ['ä'.repeat(65), '128 bytes'],
  ])('of %j says %s', (raw, sentence) => {
    expect(viewerIdFault(raw)).toContain(sentence);
  });

  it('is none where it may be', () => {
    expect(viewerIdFault('ann lee')).toBeNull();
  });
});

describe('an operation id', () => {
  it.each(['1', '018f-aa', 'a b', '~', 'x'.repeat(128)])('may be %s', (raw) => {
    expect(parseOperationId(raw)).toEqual({ ok: true, value: raw });
  });

  it.each(['', ' a', 'a ', 'ä', 'a\tb', 'x'.repeat(129), 'a\n'])('may not be "%s"', (raw) => {
    expect(parseOperationId(raw)).toEqual({ ok: false, error: 'BAD_OPERATION_ID' });
  });
});

describe('an instance id', () => {
  it('is 16 bytes as hex, there and back', () => {
    const bytes = Uint8Array.from({ length: 16 }, (_, at) => at * 17);
    const id = instanceIdOf(bytes);
    expect(id).toBe('00112233445566778899aabbccddeeff');
    expect(instanceIdBytes(id)).toEqual(bytes);
    expect(parseInstanceId(id)).toEqual({ ok: true, value: id });
  });

  it.each(['', 'a'.repeat(31), 'A'.repeat(32), 'g'.repeat(32), `${'a'.repeat(32)}\n`])(
    'may not be "%s"',
    (raw) => {
      expect(parseInstanceId(raw).ok).toBe(false);
    },
  );

  it('is made of 16 bytes only', () => {
    expect(() => instanceIdOf(new Uint8Array(15))).toThrow(RangeError);
  });
});
