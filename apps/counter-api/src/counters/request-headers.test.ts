import { operationKeyIn, waitSecondsIn } from './request-headers.js';

describe('how long somebody would wait', () => {
  it.each([
    ['wait=10', 10],
    ['WAIT=10', 10],
    ['wait = "10"', 10],
    ['respond-async, wait=5', 5],
    ['wait=5; strict, handling=lenient', 5],
    ['wait=0', 0],
    ['wait=61', 60],
    ['wait=999999999', 60],
    ['wait', null],
    ['wait=', null],
    ['wait=-1', null],
    ['wait=1.5', null],
    ['wait=soon', null],
    ['await=5', null],
    ['wait=9999999999', null],
    ['', null],
  ])('%s', (prefer, seconds) => {
    expect(waitSecondsIn(prefer)).toBe(seconds);
  });
});

describe('an Idempotency-Key', () => {
  it.each([
    ['"a"', 'a'],
    [' "a b" ', 'a b'],
    ['"a\\\\b\\"c"', 'a\\b"c'],
    ['"a";q=1', 'a'],
  ])('%s', (field, operationId) => {
    expect(operationKeyIn(field)).toBe(operationId);
  });

  it.each(['a', ':YQ==:', '("a")', '?1', '"ä"', '"a" "b"', ''])('is not %j', (field) => {
    expect(() => operationKeyIn(field)).toThrow(
      expect.objectContaining({ code: 'BAD_OPERATION_ID' }),
    );
  });
});
