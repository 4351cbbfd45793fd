import { Inject, Injectable } from '@nestjs/common';
import type { Allowance, Limit } from '@headcount/counter-store';
import {
  AllowanceMetrics,
  CONFIG,
  ExactLimits,
  callerKeyOf,
  type Subject,
} from '@headcount/platform';
import { HeadcountError } from '@headcount/protocol';
import type { CounterApiConfig } from '../settings.js';
import { STORE, type Store } from '../store/store.js';

/**
 * Limits that no window of time ever passes. Each that a caller names takes a key of Redis until its window is over, so a caller begins
 * at most LIMITS_PER_CALLER_MAX of them with windows of up to a minute, an hour, a day and 31 days, each
 * kind within that time.
 */
@Injectable()
export class LimitsService extends ExactLimits {
  constructor(
    @Inject(STORE) store: Store,
    @Inject(AllowanceMetrics) metrics: AllowanceMetrics,
    @Inject(CONFIG) private readonly config: Pick<CounterApiConfig, 'LIMITS_PER_CALLER_MAX'>,
  ) {
    super(store, metrics);
  }

  /**
   * Takes from a limit that the caller names. One that holds something already is one call to Redis, one that is new three. Throws
   * HeadcountError TOO_MANY where the caller has begun too many, and as `take` does; nothing is taken from the limit then.
   */
  async allow(caller: Subject, named: Omit<Limit, 'kind'>, cost: number): Promise<Allowance> {
    const limit: Limit = { kind: 'key', ...named };
    const owner = callerKeyOf(caller);
    if (owner === null || cost === 0) return this.take(limit, cost);
    const held = await this.takeIfHeld(limit, cost);
    if (held !== null) return held;
    await this.begin(owner, lifeOf(named.windowSeconds));
    return this.take(limit, cost);
  }

  private async begin(owner: string, windowSeconds: number): Promise<void> {
    const limit = this.config.LIMITS_PER_CALLER_MAX;
    const begun = await this.take({ kind: 'new', key: owner, limit, windowSeconds }, 1);
    if (begun.isAllowed) return;
    throw new HeadcountError('TOO_MANY', SENTENCE, {
      retryAfterSeconds: Math.ceil((begun.retryMs ?? 0) / 1000),
    });
  }
}

/** The kinds of limits by how long they take memory, in seconds. */
const LIVES_SECONDS = [60, 3600, 86_400] as const;
const LONGEST_LIFE_SECONDS = 31 * 86_400;

/** The longest window of the kind. */
function lifeOf(windowSeconds: number): number {
  return LIVES_SECONDS.find((life) => windowSeconds <= life) ?? LONGEST_LIFE_SECONDS;
}

const SENTENCE =
  'The caller has begun as many limits as one caller may (LIMITS_PER_CALLER_MAX); nothing was taken.';
