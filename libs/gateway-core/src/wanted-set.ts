/**
 * Things of one kind that the sockets of this gateway want to be told of, and what the home has been told of that.
 *
 * N1  a thing is wanted from its first holder until GRACE_MS after its last, so that people who come and go on a page cost no
 *     requests.
 */

/** How long something without a holder stays wanted. */
export const GRACE_MS = 5000;

interface Wanted<T> {
  item: T;
  holders: number;
  /** When the last holder let go; meaningless while there is one. */
  releasedMs: number;
}

/** How many bytes a request has left. */
export interface Room {
  bytes: number;
}

export interface WantedSetOptions<K, T> {
  readonly keyOf: (item: T) => K;
  /** Bytes of an item in a request, at most. */
  readonly bytesOf: (item: T) => number;
  /** Most items that a request may add, and that it may drop. */
  readonly itemsMax: number;
}

export class WantedSet<K, T> {
  private readonly wanted = new Map<K, Wanted<T>>();
  /** Wanted, and not told to the home, or to be asked again for the sake of its value. */
  private readonly toAdd = new Map<K, T>();
  private readonly toDrop = new Map<K, T>();
  /** In the order in which the last holders let go, which is the order of their ends. */
  private readonly released = new Set<K>();

  constructor(private readonly options: WantedSetOptions<K, T>) {}

  /** How many are wanted, those in their grace included. */
  get size(): number {
    return this.wanted.size;
  }

  /** Whether the home has to be told of something. */
  get isPending(): boolean {
    return this.toAdd.size > 0 || this.toDrop.size > 0;
  }

  /** Whether anybody wants it. */
  wants(item: T): boolean {
    return this.wantsKey(this.options.keyOf(item));
  }

  /** The same, of what has this key. */
  wantsKey(key: K): boolean {
    return this.wanted.has(key);
  }

  /** One more holder. */
  hold(item: T): void {
    const key = this.options.keyOf(item);
    this.released.delete(key);
    const wanted = this.wanted.get(key);
    if (wanted !== undefined) {
      wanted.holders += 1;
      return;
    }
    this.wanted.set(key, { item, holders: 1, releasedMs: 0 });
    this.toDrop.delete(key);
    this.toAdd.set(key, item);
  }

  /** One holder less. */
  release(item: T, nowMs: number): void {
    const key = this.options.keyOf(item);
    const wanted = this.wanted.get(key);
    if (wanted === undefined || wanted.holders === 0) return;
    wanted.holders -= 1;
    if (wanted.holders > 0) return;
    wanted.releasedMs = nowMs;
    this.released.add(key);
  }

  /** When the next grace ends, null where none runs. */
  get nextEndMs(): number | null {
    const [first] = this.released;
    const wanted = first === undefined ? undefined : this.wanted.get(first);
    return wanted === undefined ? null : wanted.releasedMs + GRACE_MS;
  }

  /** Lets go of those whose grace has ended, and gives them. Cost O(ended). */
  expire(nowMs: number): readonly T[] {
    const ended: T[] = [];
    for (const key of this.released) {
      const wanted = this.wanted.get(key);
      if (wanted === undefined || wanted.releasedMs + GRACE_MS > nowMs) break;
      this.released.delete(key);
      this.wanted.delete(key);
      this.toAdd.delete(key);
      this.toDrop.set(key, wanted.item);
      ended.push(wanted.item);
    }
    return ended;
  }

  /** Those that are meant are asked for anew. */
  askAgain(isMeant: (item: T) => boolean): void {
    for (const [key, { item }] of this.wanted) if (isMeant(item)) this.toAdd.set(key, item);
  }

  /** Asks for something wanted anew, and from now on in this form. */
  askFor(item: T): void {
    const key = this.options.keyOf(item);
    const wanted = this.wanted.get(key);
    if (wanted === undefined) return;
    wanted.item = item;
    this.toAdd.set(key, item);
  }

  /** Everything has to be told. */
  restate(): void {
    this.toDrop.clear();
    this.askAgain(() => true);
  }

  /** Takes what is to be added and dropped, as far as there is room. */
  take(room: Room): { readonly add: readonly T[]; readonly drop: readonly T[] } {
    const drop = this.takeFitting(this.toDrop, room);
    return { drop, add: this.takeFitting(this.toAdd, room) };
  }

  /** What was taken may not have arrived: it is told once more. */
  putBack(add: readonly T[], drop: readonly T[]): void {
    const { keyOf } = this.options;
    for (const item of add) {
      const key = keyOf(item);
      const wanted = this.wanted.get(key);
      if (wanted !== undefined) this.toAdd.set(key, wanted.item);
    }
    for (const item of drop) if (!this.wants(item)) this.toDrop.set(keyOf(item), item);
  }

  private takeFitting(queue: Map<K, T>, room: Room): T[] {
    const { bytesOf, itemsMax } = this.options;
    const taken: T[] = [];
    for (const [key, item] of queue) {
      const bytes = bytesOf(item);
      if (bytes > room.bytes || taken.length === itemsMax) break;
      room.bytes -= bytes;
      taken.push(item);
      queue.delete(key);
    }
    return taken;
  }
}
