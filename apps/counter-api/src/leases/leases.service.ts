import { Inject, Injectable } from '@nestjs/common';
import type { Lease, LeaseRead, LeaseRefusal } from '@headcount/counter-store';
import { Metrics } from '@headcount/platform';
import {
  HeadcountError,
  VIEWERS,
  orThrow,
  type CounterValue,
  type PageId,
} from '@headcount/protocol';
import { counterOf } from '@headcount/replication';
import { STORE, type Store } from '../store/store.js';

const SENTENCES: Readonly<Record<Exclude<LeaseRefusal, 'STORE_FULL'>, string>> = {
  TOO_MANY: 'The region has as many leases as it keeps (LEASES_MAX).',
  TOO_MANY_OF_VIEWER:
    'The viewer has as many leases as one viewer may have (LEASES_PER_VIEWER_MAX): end some of them.',
};

/** Viewers who are present without a socket, each until its lease ends. */
@Injectable()
export class LeasesService {
  private readonly changes;

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.changes = metrics.counter({
      name: 'lease_changes_total',
      help: 'Leases that were asked for or given up, by what was wished and what became of it.',
      labelNames: ['kind', 'outcome'],
    });
  }

  /**
   * Makes a viewer present for so long from now. The caller has made sure that it may act for the viewer. The page after it. Throws
   * HeadcountError TOO_MANY, STORE_FULL, STORE_UNAVAILABLE, or OUTCOME_UNKNOWN, after which it may be sent again.
   */
  async renew(lease: Lease, ttlSeconds: number): Promise<CounterValue> {
    const renewed = await this.asked('renew', () =>
      this.store.leases.renew(lease, ttlSeconds * 1000),
    );
    if (!renewed.ok) throw this.notGiven(renewed.error);
    this.changes.inc({ kind: 'renew', outcome: 'done' });
    return valueOf(lease.pageId, renewed.value);
  }

  private notGiven(refusal: LeaseRefusal): HeadcountError {
    if (refusal === 'STORE_FULL') return this.refused('renew', refusal);
    return this.refused('renew', 'TOO_MANY', SENTENCES[refusal]);
  }

  /** Ends the lease of a viewer, if there is one. The page after it. Throws as `renew` does. */
  async end(lease: Lease): Promise<CounterValue> {
    const read = await this.asked('end', () => this.store.leases.end(lease));
    this.changes.inc({ kind: 'end', outcome: 'done' });
    return valueOf(lease.pageId, read);
  }

  private async asked<T>(kind: 'renew' | 'end', ask: () => Promise<T>): Promise<T> {
    if (!this.store.isReady()) throw this.refused(kind, 'STORE_UNAVAILABLE');
    try {
      return await ask();
    } catch (cause) {
      if (cause instanceof HeadcountError) throw cause;
      throw this.refused(kind, 'OUTCOME_UNKNOWN');
    }
  }

  private refused(
    kind: 'renew' | 'end',
    code: 'TOO_MANY' | 'STORE_FULL' | 'STORE_UNAVAILABLE' | 'OUTCOME_UNKNOWN',
    detail?: string,
  ): HeadcountError {
    this.changes.inc({ kind, outcome: code });
    return new HeadcountError(code, detail);
  }
}

function valueOf(pageId: PageId, { view, position, staleRegions }: LeaseRead): CounterValue {
  return orThrow(counterOf({ pageId, name: VIEWERS }, view, position, staleRegions));
}
