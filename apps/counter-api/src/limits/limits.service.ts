import { Inject, Injectable } from '@nestjs/common';
import type { Allowance, Limit } from '@headcount/counter-store';
import { Metrics } from '@headcount/platform';
import { HeadcountError } from '@headcount/protocol';
import { STORE, type Store } from '../store/store.js';

/** Limits that no window of time ever passes. */
@Injectable()
export class LimitsService {
  private readonly taken;

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.taken = metrics.counter({
      name: 'allowances_total',
      help: 'What was asked of limits, by whose they are and what became of it.',
      labelNames: ['kind', 'outcome'],
    });
  }

  /** Takes `cost`, all or nothing; 0 only looks. Throws STORE_UNAVAILABLE, or OUTCOME_UNKNOWN: it may have been taken. */
  async take(limit: Limit, cost: number): Promise<Allowance> {
    const { kind } = limit;
    if (!this.store.isReady()) throw this.refused(kind, 'STORE_UNAVAILABLE');
    const allowance = await this.store.limits.take(limit, cost).catch(() => null);
    if (allowance === null) throw this.refused(kind, 'OUTCOME_UNKNOWN');
    this.taken.inc({ kind, outcome: allowance.isAllowed ? 'allowed' : 'over' });
    return allowance;
  }

  private refused(kind: string, code: 'STORE_UNAVAILABLE' | 'OUTCOME_UNKNOWN'): HeadcountError {
    this.taken.inc({ kind, outcome: code });
    return new HeadcountError(code);
  }
}
