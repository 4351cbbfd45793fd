import { Inject, Injectable } from '@nestjs/common';
import type { NewRefusal } from '@headcount/counter-store';
import { CLOCK, CONFIG, SlidingWindows, type Clock, type RateLimit } from '@headcount/platform';
import { HeadcountError } from '@headcount/protocol';
import type { CounterApiConfig } from '../settings.js';

/** What a user may make where nothing is set. */
export const NEW_COUNTERS_DEFAULT: RateLimit = { limit: 1000, windowSeconds: 60 };

/** A write that may make a counter. */
interface Outcome {
  readonly ok: boolean;
  readonly error?: string;
  readonly value?: { readonly isNew?: true };
}

/**
 * How many new counters each user makes: counters stay for good, so a user without a limit could fill the store. Each process
 * counts for itself (ADR 22). Only the store knows whether a counter is new, so a write takes a place beforehand and gives it back
 * where nothing was made; a write without a place may change what is there.
 */
@Injectable()
export class NewCounters {
  private readonly made: SlidingWindows;
  /** Maker -> places of writes that are not answered. */
  private readonly underWay = new Map<string, number>();

  constructor(
    @Inject(CONFIG) { NEW_COUNTERS_PER_CALLER }: Pick<CounterApiConfig, 'NEW_COUNTERS_PER_CALLER'>,
    @Inject(CLOCK) clock: Pick<Clock, 'monotonicMs'>,
  ) {
    this.made = new SlidingWindows(NEW_COUNTERS_PER_CALLER ?? NEW_COUNTERS_DEFAULT, clock);
  }

  /**
   * Makes a write of `maker`, null: of a caller that may make any number. `write` gets the answer that the store gives where a
   * counter would be new. Throws HeadcountError TOO_MANY_COUNTERS where it was answered so.
   */
  async within<T extends Outcome>(
    maker: string | null,
    write: (ifNew: NewRefusal | null) => Promise<T>,
  ): Promise<T> {
    if (maker === null) return write(null);
    const waiting = this.underWay.get(maker) ?? 0;
    if (waiting >= this.made.take(maker, 0).remaining) return this.refuse(maker, write);
    this.underWay.set(maker, waiting + 1);
    try {
      const outcome = await write(null);
      if (outcome.ok && outcome.value?.isNew) this.made.take(maker, 1);
      return outcome;
    } finally {
      const left = (this.underWay.get(maker) ?? 1) - 1;
      if (left > 0) this.underWay.set(maker, left);
      else this.underWay.delete(maker);
    }
  }

  private async refuse<T extends Outcome>(
    maker: string,
    write: (ifNew: NewRefusal | null) => Promise<T>,
  ): Promise<T> {
    const outcome = await write('TOO_MANY_COUNTERS');
    if (outcome.ok || outcome.error !== 'TOO_MANY_COUNTERS') return outcome;
    throw new HeadcountError('TOO_MANY_COUNTERS', undefined, {
      retryAfterSeconds: this.retrySeconds(maker),
    });
  }

  /** When a place is free. While writes hold the last ones that is soon, if they make nothing. */
  private retrySeconds(maker: string): number {
    if (this.made.take(maker, 0).remaining > 0) return 1;
    return Math.max(1, Math.ceil((this.made.take(maker, 1).retryMs ?? 0) / 1000));
  }
}
