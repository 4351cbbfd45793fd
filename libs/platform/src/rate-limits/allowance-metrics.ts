import { Inject, Injectable } from '@nestjs/common';
import type { Allowance } from '@headcount/counter-store';
import { Metrics } from '../metrics/metrics.js';

/** What limits were asked for, and what became of it. */
@Injectable()
export class AllowanceMetrics {
  private readonly taken;

  constructor(@Inject(Metrics) metrics: Metrics) {
    this.taken = metrics.counter({
      name: 'allowances_total',
      help: 'What was asked of limits, by whose they are and what became of it.',
      labelNames: ['kind', 'outcome'],
    });
  }

  /** Counts an answer. */
  answered(kind: string, { isAllowed }: Allowance): void {
    this.taken.inc({ kind, outcome: isAllowed ? 'allowed' : 'over' });
  }

  /** Counts a limit that could not be asked. */
  failed(kind: string, code: string): void {
    this.taken.inc({ kind, outcome: code });
  }
}
