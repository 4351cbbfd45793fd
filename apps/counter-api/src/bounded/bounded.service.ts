import { Inject, Injectable } from '@nestjs/common';
import { isNamed, type QuotaRead } from '@headcount/counter-store';
import {
  CLOCK,
  CONFIG,
  Metrics,
  available,
  outsideRequestsAlways,
  type Clock,
} from '@headcount/platform';
import {
  HeadcountError,
  bucketOf,
  type QuotaAnswer,
  type QuotaRequest,
  type Result,
} from '@headcount/protocol';
import type { CounterRef } from '@headcount/replication';
import { RegionsService } from '../regions/regions.service.js';
import type { CounterApiConfig } from '../settings.js';
import { STORE, type Store } from '../store/store.js';
import { Refills } from './refills.js';

/** Most changes that wait for rights of other regions; one more is refused at once. */
const WAITING_MAX = 10_000;

/** The clock, and what operators see. */
@Injectable()
export class BoundedSources {
  readonly refills;
  readonly given;

  constructor(
    @Inject(CLOCK) readonly clock: Clock,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.refills = metrics.counter({
      name: 'quota_refills_total',
      help: 'Times that other regions were asked for rights in a bounded counter, by whether they gave any.',
      labelNames: ['outcome'],
    });
    this.given = metrics.counter({
      name: 'quota_given_total',
      help: 'Rights in bounded counters that were given to other regions.',
    });
  }
}

/** Lowers bounded counters where another region has the rights, and gives rights to those that ask. */
@Injectable()
export class BoundedService {
  private readonly refills: Refills;
  private waiting = 0;

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
    @Inject(RegionsService) private readonly regions: RegionsService,
    @Inject(BoundedSources) private readonly sources: BoundedSources,
  ) {
    store.livePeers.names = () => regions.livePeers();
    this.refills = this.newRefills();
  }

  /** Whether the counter is never below zero. */
  isBounded({ name }: CounterRef): boolean {
    return isNamed(this.config.BOUNDED_COUNTERS, name);
  }

  /**
   * Does `lower` until it is not refused for rights that are elsewhere, or WRITE_DEADLINE_MS have passed, or nobody who can be asked
   * has any. A refusal has changed nothing, so it may be done again.
   */
  async lower<T, E extends string>(
    counter: CounterRef,
    amount: number,
    lower: () => Promise<Result<T, E>>,
  ): Promise<Result<T, E>> {
    const { clock } = this.sources;
    const untilMs = clock.monotonicMs() + this.config.WRITE_DEADLINE_MS;
    const isRefused = (result: Result<T, E>) => !result.ok && result.error === 'QUOTA_ELSEWHERE';
    let lowered = await lower();
    if (!isRefused(lowered) || this.waiting >= WAITING_MAX) return lowered;
    this.waiting += 1;
    try {
      while (isRefused(lowered) && clock.monotonicMs() < untilMs) {
        const filled = await available(this.refills.fill(counter, amount, untilMs));
        lowered = await lower();
        if (filled === 'none') break;
      }
      return lowered;
    } finally {
      this.waiting -= 1;
    }
  }

  /** Who may lower it by how much, as of what is known here. Throws HeadcountError BAD_REQUEST, STORE_UNAVAILABLE. */
  quota(counter: CounterRef): Promise<QuotaRead> {
    this.demandBounded(counter);
    return available(this.store.quotas.read(this.at(counter)));
  }

  /** Gives a peer what it asks for, as far as there is any. Throws HeadcountError, then nothing was given but after a loss of contact. */
  async give({ region, wanted, ...counter }: QuotaRequest): Promise<QuotaAnswer> {
    this.demandBounded(counter);
    if (this.regions.peer(region) === undefined) throw new HeadcountError('UNKNOWN_REGION');
    if (this.regions.gossip?.watch.retired.has(region)) throw new HeadcountError('REGION_RETIRED');
    const { given, left } = await available(
      this.store.quotas.give(this.at(counter), region, wanted),
    );
    this.sources.given.inc(given);
    return { given, left };
  }

  private at({ pageId, name }: CounterRef) {
    return { bucket: bucketOf(pageId, this.config.BUCKETS), pageId, name };
  }

  private demandBounded(counter: CounterRef): void {
    if (this.isBounded(counter)) return;
    throw new HeadcountError('BAD_REQUEST', `${counter.name} is not among BOUNDED_COUNTERS.`);
  }

  private newRefills(): Refills {
    const { regions, sources } = this;
    // A refill is for all that wait for it.
    const quotas = outsideRequestsAlways(this.store.quotas);
    return new Refills({
      read: (counter) => quotas.read(this.at(counter)),
      ask: async (peer, { pageId, name }, wanted, timeoutMs) => {
        const body = { region: this.config.REGION, pageId, name, wanted };
        const answer = await regions.peer(peer)?.quota(body, timeoutMs);
        return answer?.ok ? answer.value : null;
      },
      peers: () => regions.livePeers(),
      onAsked: (given) => sources.refills.inc({ outcome: given > 0 ? 'given' : 'none' }),
      nowMs: () => sources.clock.monotonicMs(),
      sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
    });
  }
}
