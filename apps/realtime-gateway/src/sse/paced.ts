/**
 * The results of an operation, each pulled from its source only when `ready` says that the reader has room for it.
 * graphql-sse by itself pulls as fast as values come and queues them without an end; behind this the
 * newest value waits at the source instead, where it replaces the one before it.
 */
export function paced<T>(
  source: AsyncGenerator<T, void, void>,
  ready: () => Promise<unknown>,
): AsyncIterableIterator<T, void, void> {
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      await ready();
      return source.next();
    },
    // Straight to the source, also while a result is awaited: the reader has gone, and must not stay present.
    return: (value) => source.return(value),
    throw: (cause) => source.throw(cause),
  };
}
