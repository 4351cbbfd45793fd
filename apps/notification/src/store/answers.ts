/** What callers are told where Redis does not answer. */
import { HeadcountError } from '@headcount/protocol';
import type { Store } from './store.js';

/**
 * The answer to a write that may be repeated. HeadcountError STORE_UNAVAILABLE where it was not sent, OUTCOME_UNKNOWN where
 * nobody can say whether it was made.
 */
export async function written<T>(
  { isReady }: Pick<Store, 'isReady'>,
  write: () => Promise<T>,
): Promise<T> {
  if (!isReady()) throw new HeadcountError('STORE_UNAVAILABLE');
  try {
    return await write();
  } catch {
    throw new HeadcountError('OUTCOME_UNKNOWN');
  }
}
