import { until } from './until.js';

describe('until', () => {
  it('resolves with the first value that is accepted', async () => {
    let looks = 0;
    await expect(until(() => (looks += 1), { accept: (n) => n === 3, everyMs: 1 })).resolves.toBe(
      3,
    );
  });

  it('waits for any truthy value when nothing else is said', async () => {
    const answers = [0, '', undefined, 'here'];
    await expect(until(() => answers.shift(), { everyMs: 1 })).resolves.toBe('here');
  });

  it('takes an error for "not yet"', async () => {
    let looks = 0;
    const refusedTwice = async (): Promise<string> => {
      if ((looks += 1) < 3) throw new Error('connection refused');
      return 'up';
    };
    await expect(until(refusedTwice, { everyMs: 1 })).resolves.toBe('up');
  });

  it('rejects with what it waited for and what it saw last', async () => {
    const waiting = until(() => ({ count: 1 }), {
      what: 'the count to be 2',
      timeoutMs: 30,
      accept: (seen) => seen.count === 2,
    });
    await expect(waiting).rejects.toThrow(
      'Waited 30 ms for the count to be 2; last seen: { count: 1 }',
    );
  });

  it('names the last error when looking failed', async () => {
    const waiting = until(() => Promise.reject(new TypeError('fetch failed')), {
      what: 'an answer',
      timeoutMs: 30,
    });
    await expect(waiting).rejects.toThrow(
      'Waited 30 ms for an answer; last seen: TypeError: fetch failed',
    );
  });

  it('gives up on a look that never ends', async () => {
    const waiting = until(() => new Promise<boolean>(() => undefined), {
      what: 'a sign of life',
      timeoutMs: 30,
    });
    await expect(waiting).rejects.toThrow('for a sign of life; last seen: nothing');
  });
});
