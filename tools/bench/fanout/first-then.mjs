/** An async iterable of `first`, and then of all that `others` gives. */
export async function* firstThen(first, others) {
  yield first;
  yield* others;
}
