import { HeadcountError } from '@headcount/protocol';

/** Requests of one caller that wait for their turn. They have been charged already, so a rate limit bounds them too. */
export const WAITING_MAX = 1_000;

interface Waiting {
  readonly weight: number;
  readonly begin: () => void;
}

interface Caller {
  weight: number;
  readonly waiting: Waiting[];
}

/**
 * Bounds what one caller has in work at once, by weight. A rate limit lets a whole second's work through in one instant, which
 * at the weight of large queries is half a second of one core; here it becomes a queue of that caller alone, and the requests
 * of others come between. First come, first served; a request heavier than the bound runs alone.
 */
export class InFlight {
  private readonly callers = new Map<string, Caller>();

  constructor(
    private readonly weightMax: number,
    private readonly waitingMax = WAITING_MAX,
  ) {}

  /** Callers with something in work. */
  get size(): number {
    return this.callers.size;
  }

  /** Undefined: it may begin. Else resolves when it may. Throws HeadcountError TOO_MANY where too many of the caller wait. */
  enter(key: string, weight: number): Promise<void> | undefined {
    const caller = this.callers.get(key) ?? { weight: 0, waiting: [] };
    this.callers.set(key, caller);
    if (caller.waiting.length === 0 && this.fits(caller, weight)) {
      caller.weight += weight;
      return undefined;
    }
    if (caller.waiting.length >= this.waitingMax) throw new HeadcountError('TOO_MANY');
    return new Promise((begin) => caller.waiting.push({ weight, begin }));
  }

  /** Gives back what `enter` took, once. */
  leave(key: string, weight: number): void {
    const caller = this.callers.get(key);
    if (caller === undefined) return;
    caller.weight -= weight;
    for (
      let [next] = caller.waiting;
      next && this.fits(caller, next.weight);
      [next] = caller.waiting
    ) {
      caller.waiting.shift();
      caller.weight += next.weight;
      next.begin();
    }
    if (caller.weight === 0) this.callers.delete(key);
  }

  private fits(caller: Caller, weight: number): boolean {
    return caller.weight === 0 || caller.weight + weight <= this.weightMax;
  }
}
