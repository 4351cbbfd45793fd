import { HeadcountError } from '@headcount/protocol';
import { SharedLists } from './shared-lists.js';

/** Readings that end when they are told to; each list says how often its key was read. */
function harness({ cost = 10, perSecond = 40 } = {}) {
  let nowMs = 0;
  const reads: string[] = [];
  const waiting: ((fails: boolean) => void)[] = [];
  const lists = new SharedLists<string>({
    read: (key) => {
      reads.push(key);
      const list = `${key}${reads.filter((each) => each === key).length}`;
      return new Promise((resolve, reject) =>
        waiting.push((fails) =>
          fails ? reject(new HeadcountError('STORE_UNAVAILABLE')) : resolve(list),
        ),
      );
    },
    ...{ cost, perSecond, nowMs: () => nowMs },
  });
  const end = (fails = false): void => waiting.splice(0).forEach((one) => one(fails));
  return {
    reads,
    end,
    pass: (ms: number) => (nowMs += ms),
    of: (key: string) => lists.of(key),
    /** Asks, and lets what is read for it end. */
    given: (key: string) => {
      const list = lists.of(key);
      end();
      return list;
    },
  };
}
const codeOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    (list) => list,
    (thrown: unknown) => (thrown instanceof HeadcountError ? thrown.code : thrown),
  );

describe('lists that many share', () => {
  it('are read once for all who ask, and again once they are a second old', async () => {
    const { of, end, given, pass, reads } = harness();
    const all = [of('a'), of('a'), of('a')];
    end();
    expect(await Promise.all(all)).toEqual(['a1', 'a1', 'a1']);
    pass(999);
    expect(await of('a')).toBe('a1');
    pass(1);
    expect(await given('a')).toBe('a2');
    expect(reads).toEqual(['a', 'a']);
  });

  it('are given as they were while they are read again', async () => {
    const { of, end, given, pass } = harness();
    await given('a');
    pass(1000);
    const first = of('a');
    expect(await of('a')).toBe('a1');
    end();
    expect(await first).toBe('a2');
  });

  it('are read at a bounded rate: what is known is given, what is not is refused', async () => {
    const { of, given, pass, reads } = harness();
    for (const key of 'abcd') expect(await given(key)).toBe(`${key}1`);
    expect(await codeOf(of('e'))).toBe('TOO_MANY');
    pass(250);
    expect(await given('e')).toBe('e1');
    expect(await codeOf(of('f'))).toBe('TOO_MANY');
    expect(await of('a')).toBe('a1');
    expect(reads.join('')).toBe('abcde');
  });

  it('cost no more than their rate, however many are asked for how often', async () => {
    const { given, pass, reads } = harness({ cost: 10, perSecond: 100 });
    for (let asked = 0; asked < 1000; asked += 1) {
      await codeOf(given(`list ${asked % 74}`));
      pass(10);
    }
    // Ten seconds of ten each, and the first second's ten.
    expect(reads.length).toBeLessThanOrEqual(111);
    expect(reads.length).toBeGreaterThan(90);
  });

  it('become older alike where all of them cannot be read each second', async () => {
    const { given, pass, reads } = harness({ cost: 10, perSecond: 20 });
    const keys = [...'abcdefgh'];
    for (let seconds = 0; seconds < 40; seconds += 1) {
      for (const key of keys) await codeOf(given(key));
      pass(1000);
    }
    const counts = keys.map((key) => reads.filter((read) => read === key).length);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(6);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(4);
  });

  it('are read though one reading costs more than a second has', async () => {
    const { given, of, pass } = harness({ cost: 100, perSecond: 10 });
    expect(await given('a')).toBe('a1');
    expect(await codeOf(of('b'))).toBe('TOO_MANY');
    pass(9001);
    expect(await given('b')).toBe('b1');
  });

  it('are forgotten where they cannot be read, and where nobody asks', async () => {
    const { of, end, given, pass, reads } = harness();
    await given('a');
    pass(1000);
    const failing = of('a');
    end(true);
    expect(await codeOf(failing)).toBe('STORE_UNAVAILABLE');
    expect(await given('a')).toBe('a3');
    pass(60_000);
    expect(await given('b')).toBe('b1');
    expect(await given('a')).toBe('a4');
    expect(reads).toHaveLength(5);
  });
});
