import { Injectable } from '@nestjs/common';
import type { Subject } from '@headcount/platform';
import { HeadcountError, RESERVED_COUNTERS, type CounterName } from '@headcount/protocol';
import type { CounterRef } from '@headcount/replication';

declare const PERMITTED: unique symbol;

/** A change of a counter that its caller may make. */
export interface PermittedChange extends CounterRef {
  /** Not 0; negative lowers. */
  readonly amount: number;
  readonly [PERMITTED]: 'change';
}

/** A counter that its caller may vote on. */
export interface PermittedVote extends CounterRef {
  readonly [PERMITTED]: 'vote';
}

/**
 * Who may change which counter, and by how much. Services that write take only what is made here, so no path goes past it. Each
 * method throws HeadcountError with the code of the refusal.
 */
@Injectable()
export class ChangeRights {
  /** To raise or lower the counter by `amount`. */
  change({ grants }: Subject, counter: CounterRef, amount: number): PermittedChange {
    demandUnreserved(counter.name);
    if (grants.mayWrite(counter.pageId, counter.name))
      return { ...counter, amount } as PermittedChange;
    throw new HeadcountError('FORBIDDEN', 'The token does not allow to write this counter.');
  }

  /** To vote on the counter. `counted` is the counter that counts the choice. */
  vote({ grants }: Subject, counter: CounterRef, counted: CounterName): PermittedVote {
    demandUnreserved(counter.name);
    demandUnreserved(counted);
    if (grants.mayWrite(counter.pageId, counter.name)) return counter as PermittedVote;
    throw new HeadcountError('FORBIDDEN', 'The token does not allow to write this counter.');
  }
}

function demandUnreserved(name: CounterName): void {
  const sentence = RESERVED_COUNTERS.get(name);
  if (sentence !== undefined) throw new HeadcountError('BAD_COUNTER_NAME', sentence);
}
