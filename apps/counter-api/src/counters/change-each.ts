import { HeadcountError, err, ok, orThrow, type Result } from '@headcount/protocol';
import type { Change, Changed, CountersService } from './counters.service.js';

/** Most changes of one request, in the order in which they are answered. */
export const CHANGES_MAX = 1000;

/**
 * Makes changes each for itself: what is wrong with one leaves the others alone. `changeOf` may throw HeadcountError.
 * Results in the order asked. Throws HeadcountError BAD_REQUEST where there are more than CHANGES_MAX.
 */
export async function changeEach<T>(
  counters: CountersService,
  asked: readonly T[],
  changeOf: (one: T, at: number) => Change,
): Promise<Result<Changed, HeadcountError>[]> {
  if (asked.length > CHANGES_MAX)
    throw new HeadcountError('BAD_REQUEST', `at most ${CHANGES_MAX} changes are made at once`);
  const make = async (one: T, at: number): Promise<Result<Changed, HeadcountError>> => {
    try {
      return ok(orThrow(await counters.change(changeOf(one, at))));
    } catch (thrown) {
      if (thrown instanceof HeadcountError) return err(thrown);
      throw thrown;
    }
  };
  return Promise.all(asked.map(make));
}
