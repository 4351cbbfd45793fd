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
  take(limit: Limit, cost: number): Promise<Allowance> {
    return this.asked(limit, () => this.store.limits.take(limit, cost));
  }

  /** The same, but null, and nothing is taken, where nothing is held of the limit yet. */
  protected takeIfHeld(limit: Limit, cost: number): Promise<Allowance | null> {
    return this.asked(limit, () => this.store.limits.takeIfHeld(limit, cost));
  }

  private async asked<T extends Allowance | null>(
    { kind }: Limit,
    ask: () => Promise<T>,
  ): Promise<T> {
    if (!this.store.isReady()) throw this.refused(kind, 'STORE_UNAVAILABLE');
    const allowance = await ask().catch((cause: unknown) => {
      throw cause instanceof HeadcountError ? cause : this.refused(kind, 'OUTCOME_UNKNOWN');
    });
    if (allowance !== null) this.metrics.answered(kind, allowance);
    return allowance;
  }

  private refused(kind: string, code: 'STORE_UNAVAILABLE' | 'OUTCOME_UNKNOWN'): HeadcountError {
    this.metrics.failed(kind, code);
    return new HeadcountError(code);
  }
}
