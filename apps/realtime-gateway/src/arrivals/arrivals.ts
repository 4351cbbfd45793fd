import {
  SlidingWindows,
  type Clock,
  type CrowdedAddresses,
  type RateLimit,
} from '@headcount/platform';

/** Fewest connections that one address may open in the window, where no setting says how many. */
const CONNECTS_MIN = 1000;
const WINDOW_SECONDS = 10;

/** How fast one address may open connections, by the settings: all that it may have within ten seconds, unless they say otherwise. */
export function connectsPerAddress({
  CONNECTS_PER_ADDRESS: given,
  SOCKETS_PER_ADDRESS_MAX: socketsMax,
}: {
  readonly CONNECTS_PER_ADDRESS: RateLimit | undefined;
  readonly SOCKETS_PER_ADDRESS_MAX: number;
}): RateLimit {
  return given ?? { limit: Math.max(CONNECTS_MIN, socketsMax), windowSeconds: WINDOW_SECONDS };
}

/**
 * What becomes of a connection that comes: it is let in; or told to come back later, which takes a handshake; or, beyond twice the limit,
 * refused at once.
 */
export type Arrival = 'in' | 'later' | 'refused';

/** How fast each address opens sockets and streams, attempts that come to nothing included. */
export class Arrivals {
  private readonly windows;

  constructor(
    private readonly rate: RateLimit,
    clock: Pick<Clock, 'monotonicMs'>,
    private readonly crowded: Pick<CrowdedAddresses, 'note'>,
  ) {
    const { limit, windowSeconds } = rate;
    this.windows = new SlidingWindows({ limit: 2 * limit, windowSeconds }, clock);
  }

  /** Takes one arrival into account. `address` is the key of an address. */
  of(address: string): Arrival {
    const { limit: max } = this.rate;
    const { isAllowed, remaining } = this.windows.take(address, 1);
    if (!isAllowed) return 'refused';
    const held = 2 * max - remaining;
    this.crowded.note({ cap: 'CONNECTS_PER_ADDRESS', address, held, max }, held - 1);
    return held > max ? 'later' : 'in';
  }
}
