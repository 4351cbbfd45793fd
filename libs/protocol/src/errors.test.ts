import { ERRORS, HeadcountError, errorEntry, isErrorCode, type ErrorCode } from './errors.js';

const codes = Object.keys(ERRORS) as ErrorCode[];

describe('the error catalogue', () => {
  it('names its codes in capitals and explains each in one sentence', () => {
    for (const code of codes) {
      expect(code).toMatch(/^[A-Z]+(?:_[A-Z]+)*$/);
      expect(errorEntry(code).title).toMatch(/^[A-Z].*\.$/);
      expect(errorEntry(code).httpStatus).toBeGreaterThanOrEqual(400);
    }
  });

  it('gives no close code twice (E2), and only ones that may be sent', () => {
    const closes = codes.flatMap((code) => errorEntry(code).wsCloseCode ?? []);
    expect(new Set(closes).size).toBe(closes.length);
    for (const close of closes) {
      expect(close === 1009 || close === 1012 || close === 1013 || close >= 4000).toBe(true);
    }
  });

  it('calls nothing retryable that the caller did wrong', () => {
    const retryable = codes.filter((code) => errorEntry(code).retryable);
    const statuses = retryable.map((code) => errorEntry(code).httpStatus);
    expect(new Set(statuses)).toEqual(new Set([408, 429, 503]));
    expect(errorEntry('OUTCOME_UNKNOWN').retryable).toBe(false);
  });

  it('tells a code from any other text', () => {
    expect(isErrorCode('NOT_FOUND')).toBe(true);
    expect(isErrorCode('toString')).toBe(false);
    expect(isErrorCode(404)).toBe(false);
  });

  it('makes no stack trace for a refusal, which frameworks would ask for', () => {
    expect(new HeadcountError('TOO_MANY', 'Wait.').stack).toBe('HeadcountError: Wait.');
  });

  it('shows the detail as the message, or else the title', () => {
    expect(new HeadcountError('BAD_PAGE_ID', 'It is empty.').message).toBe('It is empty.');
    expect(new HeadcountError('BAD_PAGE_ID').message).toBe('The page id is not valid.');
  });
});
