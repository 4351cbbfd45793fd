import type { Holder, Holding, Quota, QuotaBook, Quotas } from '@headcount/gateway-core';
import { HeadcountError, err, ok, type Result, type ViewerId } from '@headcount/protocol';
import type { QuotaMetrics } from './quota-metrics.js';

/** A viewer, as far as quotas know it. */
export interface Whose {
  readonly viewerId: ViewerId;
  /** Whether it has said who it is; else its id was made up for this one socket. */
  readonly isNamed: boolean;
  /** Whether it only reads, without a token: then its address is all that is known of it. */
  readonly watchesOnly: boolean;
}

/** What one viewer may hold of this gateway, for its sockets and streams alike: docs/safety.md. */
export class ViewerQuotas {
  constructor(
    readonly book: QuotaBook,
    private readonly metrics: Pick<QuotaMetrics, 'refused'>,
  ) {}

  /** A socket or a stream begins; it has to `leave`. Null: of an unnamed viewer. `address` is the key of an address. */
  enter(whose: Whose | null, address: string): Result<Holder, HeadcountError> {
    if (whose?.watchesOnly) return ok(this.book.enterReader(address));
    const entered = this.book.enter(whose?.isNamed ? whose.viewerId : null);
    return entered.ok ? entered : err(this.refusal(entered.error));
  }

  /** Has an operation hold what it needs until it is released. Throws HeadcountError TOO_MANY, having changed nothing. */
  hold(holder: Holder, holding: Holding): void {
    const quota = holder.hold(holding);
    if (quota !== null) throw this.refusal(quota);
  }

  /** Has an operation hold its text until that is released. Throws HeadcountError TOO_MANY, having changed nothing. */
  holdText(holder: Holder, characters: number): void {
    const quota = holder.holdText(characters);
    if (quota !== null) throw this.refusal(quota);
  }

  /** Why something is refused; counted. */
  refusal(quota: Quota): HeadcountError {
    this.metrics.refused.inc({ quota });
    return new HeadcountError('TOO_MANY', sentenceOf(quota, this.book.quotas));
  }
}

function sentenceOf(quota: Quota, quotas: Quotas): string {
  const max = quotas[quota];
  switch (quota) {
    case 'socketsPerViewer':
      return `One viewer may have ${max} sockets and streams.`;
    case 'watchedPerSocket':
      return `The operations of one socket may watch ${max} counters.`;
    case 'watchedPerViewer':
      return `The sockets of one viewer may watch ${max} counters.`;
    case 'textPerViewer':
      return `The operations of one viewer may have ${max} characters, variables included.`;
    case 'questionsPerViewer':
      return `One viewer may ask ${max} different questions for trending pages at once.`;
    case 'watched':
      return 'This gateway watches as many counters as it may.';
  }
}
