import type { Subject } from '@headcount/platform';
import { HeadcountError } from '@headcount/protocol';
import type { CounterRef } from '@headcount/replication';

/** The counter itself, where the caller may write it. Throws HeadcountError FORBIDDEN else. */
export function writableBy({ grants }: Subject, counter: CounterRef): CounterRef {
  if (grants.mayWrite(counter.pageId, counter.name)) return counter;
  throw new HeadcountError('FORBIDDEN', 'The token does not allow to write this counter.');
}
