import type { Allowance, Limit, LimitStore } from '@headcount/counter-store';
import { HeadcountError } from '@headcount/protocol';
import type { AllowanceMetrics } from './allowance-metrics.js';

/** The store, as far as it has limits. */
export interface StoreOfLimits {
  readonly limits: LimitStore;
  isReady(): boolean;
}

/** Limits that Redis counts, exact over all apps of the region. */
export class ExactLimits {
  constructor(
    private readonly store: StoreOfLimits,
    private readonly metrics: AllowanceMetrics,
  ) {}

  /** Takes `cost`, all or nothing; 0 only looks. Throws STORE_UNAVAILABLE, or OUTCOME_UNKNOWN: it may have been taken. */
  async take(limit: Limit, cost: number): Promise<Allowance> {
    const { kind } = limit;
    if (!this.store.isReady()) throw this.refused(kind, 'STORE_UNAVAILABLE');
    const allowance = await this.store.limits.take(limit, cost).catch((cause: unknown) => {
      throw cause instanceof HeadcountError ? cause : this.refused(kind, 'OUTCOME_UNKNOWN');
    });
    this.metrics.answered(kind, allowance);
    return allowance;
  }

  private refused(kind: string, code: 'STORE_UNAVAILABLE' | 'OUTCOME_UNKNOWN'): HeadcountError {
    this.metrics.failed(kind, code);
    return new HeadcountError(code);
  }
}
