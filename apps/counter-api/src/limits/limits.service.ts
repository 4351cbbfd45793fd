import { Inject, Injectable } from '@nestjs/common';
import { AllowanceMetrics, ExactLimits } from '@headcount/platform';
import { STORE, type Store } from '../store/store.js';

/** Limits that no window of time ever passes. */
@Injectable()
export class LimitsService extends ExactLimits {
  constructor(@Inject(STORE) store: Store, @Inject(AllowanceMetrics) metrics: AllowanceMetrics) {
    super(store, metrics);
  }
}
