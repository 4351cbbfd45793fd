import { HeadcountError } from '@headcount/protocol';

export interface SharedListsOptions<T> {
  /** Reads a list. */
  readonly read: (key: string) => Promise<T>;
  /** What a reading costs, and how much may be spent a second. A reading may cost more than a second has. */
  readonly cost: number;
  readonly perSecond: number;
  /** Monotonic. */
  readonly nowMs: () => number;
}

/** A list is not read again sooner, in milliseconds. */
const FRESH_MS = 1000;
/** Age without a request after which a list is forgotten, in milliseconds. */
const UNASKED_MS = 60_000;

interface Held<T> {
  /** Undefined before the first reading has ended. */
  list: T | undefined;
  /** When the reading began that the list is of. */
  readAtMs: number;
  askedAtMs: number;
  reading: Promise<T> | null;
}

/**
 * Lists that many ask for and that are expensive to read: each is read once for all, and all of them together at a bounded rate.
 *
 * L1  a caller waits for one reading at most: that of its own list. What has been read before is given meanwhile.
 * L2  readings cost no more than `perSecond` on average, and no more than twice that within a second but for one reading.
 * L3  where the lists that are asked for cost more than that, all of them become older alike.
 */
export class SharedLists<T> {
  private readonly lists = new Map<string, Held<T>>();
  private budget: number;
  private atMs: number;

  constructor(private readonly options: SharedListsOptions<T>) {
    this.budget = options.perSecond;
    this.atMs = options.nowMs();
  }

  /** The list. Rejects as `read` does, and with HeadcountError TOO_MANY where it is not known and may not be read now. */
  async of(key: string): Promise<T> {
    const nowMs = this.options.nowMs();
    const held = this.lists.get(key) ?? this.begin(key, nowMs);
    held.askedAtMs = nowMs;
    const { list, reading } = held;
    if (list !== undefined && nowMs - held.readAtMs < this.freshMs()) return list;
    if (reading !== null) return list ?? reading;
    if (this.spend(nowMs)) return this.read(key, held, nowMs);
    if (list !== undefined) return list;
    // It stays among those that are asked for, so that the others leave it room.
    throw new HeadcountError(
      'TOO_MANY',
      'Too many different lists are asked for; ask again later.',
    );
  }

  private begin(key: string, nowMs: number): Held<T> {
    for (const [other, { askedAtMs, reading }] of this.lists)
      if (reading === null && nowMs - askedAtMs >= UNASKED_MS) this.lists.delete(other);
    const held = { list: undefined, readAtMs: -Infinity, askedAtMs: nowMs, reading: null };
    this.lists.set(key, held);
    return held;
  }

  /** As long as it takes to read all of them. */
  private freshMs(): number {
    const { cost, perSecond } = this.options;
    return Math.max(FRESH_MS, (1000 * this.lists.size * cost) / perSecond);
  }

  /** Whether there is budget for a reading, which is spent then. */
  private spend(nowMs: number): boolean {
    const { cost, perSecond } = this.options;
    this.budget = Math.min(perSecond, this.budget + ((nowMs - this.atMs) * perSecond) / 1000);
    this.atMs = nowMs;
    if (this.budget <= 0) return false;
    this.budget -= cost;
    return true;
  }

  private read(key: string, held: Held<T>, nowMs: number): Promise<T> {
    const reading = this.options.read(key).then(
      (list) => {
        Object.assign(held, { list, readAtMs: nowMs, reading: null });
        return list;
      },
      (cause: unknown) => {
        // What was known before is not given for as long as the store is away.
        this.lists.delete(key);
        throw cause;
      },
    );
    held.reading = reading;
    return reading;
  }
}
