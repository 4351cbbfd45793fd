import { buildSchema, parse, type ExecutionArgs, type ExecutionResult } from 'graphql';
import { sharedSubscribe } from './shared-subscribe.js';

const schema = buildSchema('type Query { none: Int } type Subscription { tick(by: Int): Int }');
const document = parse('subscription ($by: Int) { tick(by: $by) }');

/** A source of the given events, and whether it has been ended. */
function sourceOf(events: readonly unknown[]) {
  const left = [...events];
  const ended = jest.fn();
  const source: AsyncIterableIterator<unknown> = {
    [Symbol.asyncIterator]: () => source,
    next: async () =>
      left.length > 0 ? { value: left.shift(), done: false } : { value: undefined, done: true },
    return: async () => {
      ended();
      return { value: undefined, done: true };
    },
  };
  return { source, ended };
}

function argsFor(source: AsyncIterable<unknown>, by = 1): ExecutionArgs {
  return { schema, document, variableValues: { by }, rootValue: { tick: () => source } };
}

type Stream = AsyncIterableIterator<ExecutionResult>;

describe('sharedSubscribe', () => {
  it('gives a result for each event', async () => {
    const { source } = sourceOf([{ tick: 1 }, { tick: 2 }]);
    const stream = (await sharedSubscribe()(argsFor(source))) as Stream;
    const results: unknown[] = [];
    for await (const { data } of stream) results.push({ ...data });
    expect(results).toEqual([{ tick: 1 }, { tick: 2 }]);
  });

  it('executes an event once for all that ask the same of it', async () => {
    const tick = jest.fn(() => 7);
    const event = { tick };
    const subscribe = sharedSubscribe();
    const same = [1, 1, 1].map(
      async (by) => (await subscribe(argsFor(sourceOf([event]).source, by))) as Stream,
    );
    const results = await Promise.all(
      same.map(async (stream) => (await (await stream).next()).value as unknown),
    );
    expect(tick).toHaveBeenCalledTimes(1);
    expect(results[1]).toBe(results[0]);
    await ((await subscribe(argsFor(sourceOf([event]).source, 2))) as Stream).next();
    expect(tick).toHaveBeenCalledTimes(2);
  });

  it('ends the source with the subscription', async () => {
    const { source, ended } = sourceOf([{ tick: 1 }]);
    const stream = (await sharedSubscribe()(argsFor(source))) as Stream;
    await stream.return?.();
    expect(ended).toHaveBeenCalledTimes(1);
  });

  it('gives the errors of a subscription that is refused', async () => {
    const refused = {
      ...argsFor(sourceOf([]).source),
      rootValue: {
        tick: () => {
          throw new Error('no');
        },
      },
    };
    expect(await sharedSubscribe()(refused)).toMatchObject({ errors: [{ message: 'no' }] });
  });
});
