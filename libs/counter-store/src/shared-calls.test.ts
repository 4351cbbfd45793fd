import { SharedCalls } from './shared-calls.js';

/** Calls are answered with what they were asked, in capitals; `bad` fails alone, and `cut` fails its call. */
function harness() {
  const calls: string[][] = [];
  const shared = new SharedCalls<string, string>({
    call: async (questions) => {
      calls.push([...questions]);
      await Promise.resolve();
      if (questions.includes('cut')) throw new Error('cut');
      return questions.map((text) => (text === 'bad' ? new Error('bad') : text.toUpperCase()));
    },
    weigh: (text) => text.length,
    questionsMax: 3,
    weightMax: 10,
  });
  return { calls, shared };
}

describe('shared calls', () => {
  it('makes one call of what is asked for together, and answers each', async () => {
    const { calls, shared } = harness();
    expect(await Promise.all([shared.ask('a'), shared.ask('b')])).toEqual(['A', 'B']);
    expect(await shared.ask('c')).toBe('C');
    expect(calls).toEqual([['a', 'b'], ['c']]);
  });

  it('takes those together that were answered together and ask again', async () => {
    const { calls, shared } = harness();
    const twice = async (text: string) => {
      await shared.ask(text);
      await shared.ask(text);
    };
    await Promise.all([twice('a'), twice('b')]);
    expect(calls).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('makes another call beyond the most questions or weight of one', async () => {
    const { calls, shared } = harness();
    await Promise.all(
      ['a', 'b', 'c', 'd', '123456789', '0', '12345678901'].map((text) => shared.ask(text)),
    );
    expect(calls).toEqual([['a', 'b', 'c'], ['d', '123456789'], ['0'], ['12345678901']]);
  });

  it('fails one alone, or all of a call that fails', async () => {
    const { shared } = harness();
    const bad = await Promise.allSettled([shared.ask('a'), shared.ask('bad')]);
    expect(bad.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    const cut = await Promise.allSettled([shared.ask('a'), shared.ask('cut')]);
    expect(cut.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
