import { Inject, Injectable, Logger } from '@nestjs/common';
import { Metrics } from '../metrics/metrics.js';
import { CLOCK, type Clock } from '../sources.js';

/** How much of a cap one address holds. */
export interface Crowd {
  /** The name of the setting that is the cap. */
  readonly cap: string;
  /** The key of the address. */
  readonly address: string;
  readonly held: number;
  readonly max: number;
}

/** Shortest pause between two warnings about one cap, in milliseconds. */
const WARNING_PAUSE_MS = 60_000;

const SENTENCE =
  'one address holds more than half of a cap: if it is a proxy or a balancer, name it in TRUSTED_PROXIES, or all its clients ' +
  'are one address and will be refused together';

/** Tells the operator of addresses that come near a cap, which most often are proxies that TRUSTED_PROXIES does not name. */
@Injectable()
export class CrowdedAddresses {
  private readonly logger = new Logger(CrowdedAddresses.name);
  private readonly warnedMs = new Map<string, number>();
  private readonly crowded;

  constructor(
    @Inject(Metrics) metrics: Metrics,
    @Inject(CLOCK) private readonly clock: Pick<Clock, 'monotonicMs'>,
  ) {
    this.crowded = metrics.counter({
      name: 'crowded_addresses_total',
      help: 'Times that one address came to hold more than half of a cap, by the setting that is the cap.',
      labelNames: ['cap'],
    });
  }

  /** Notes that an address has come to hold `held` of a cap, up from `before`. Counts and warns once it passes half. */
  note(crowd: Crowd, before: number): void {
    const { cap, held, max } = crowd;
    if (held * 2 <= max || before * 2 > max) return;
    this.crowded.inc({ cap });
    const nowMs = this.clock.monotonicMs();
    if (nowMs - (this.warnedMs.get(cap) ?? -Infinity) < WARNING_PAUSE_MS) return;
    this.warnedMs.set(cap, nowMs);
    this.logger.warn(crowd, SENTENCE);
  }
}
