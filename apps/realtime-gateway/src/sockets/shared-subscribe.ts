/**
 * Subscribes as graphql-js does, but executes each event once for all subscriptions that would make
 * the same result of it (DESIGN.md §9). A page with two thousand viewers changes often, and its
 * value is one object that all their subscriptions are given.
 *
 * What may share: the same document, operation and variables. Resolvers see nothing of the socket;
 * whether it may subscribe at all is settled before, once for each.
 */
import {
  createSourceEventStream,
  execute,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
} from 'graphql';

type Outcome = ExecutionResult | Promise<ExecutionResult>;

/** A `subscribe` for graphql-ws whose results are shared. */
export function sharedSubscribe(): (
  args: ExecutionArgs,
) => Promise<ExecutionResult | AsyncIterableIterator<ExecutionResult, void>> {
  /** Event -> what has been made of it. Kept no longer than the event itself. */
  const outcomes = new WeakMap<object, Map<DocumentNode, Map<string, Outcome>>>();

  return async (args) => {
    const source = await createSourceEventStream(args);
    if (!isIterable(source)) return source;
    const { document } = args;
    const variant = JSON.stringify([args.operationName, args.variableValues]);
    return mapped(source, (event) => {
      const run = (): Outcome => execute({ ...args, rootValue: event });
      if (typeof event !== 'object' || event === null) return run();
      const documents = getOrPut(
        outcomes,
        event,
        () => new Map<DocumentNode, Map<string, Outcome>>(),
      );
      const variants = getOrPut(documents, document, () => new Map<string, Outcome>());
      return getOrPut(variants, variant, run);
    });
  };
}

interface MapLike<K, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): unknown;
}

function getOrPut<K, V>(map: MapLike<K, V>, key: K, make: () => V): V {
  const held = map.get(key);
  if (held !== undefined) return held;
  const made = make();
  map.set(key, made);
  return made;
}

function isIterable(source: object): source is AsyncIterable<unknown> {
  return Symbol.asyncIterator in source;
}

/**
 * The source with each event replaced. Ending it ends the source, also while an event is awaited.
 */
function mapped<T>(
  source: AsyncIterable<unknown>,
  make: (event: unknown) => T | Promise<T>,
): AsyncIterableIterator<T, void> {
  const events = source[Symbol.asyncIterator]();
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      const { value, done } = await events.next();
      return done ? { value: undefined, done } : { value: await make(value), done: false };
    },
    async return() {
      await events.return?.();
      return { value: undefined, done: true };
    },
  };
}
