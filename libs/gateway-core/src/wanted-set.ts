/**
 * Things of one kind that the sockets of this gateway want to be told of, and what the home has been told of that.
 *
 * N1  a thing is wanted from its first holder until GRACE_MS after its last, so that people who come and go on a page cost no
 *     requests.
 * N4  requests serve owners in turn (FairQueue). Of several owners of one thing it is asked for in the line of the one that
 *     watches least.
 */
import { FairQueue } from './fair-queue.js';

/** How long something without a holder stays wanted. */
export const GRACE_MS = 5000;

/** For whom something is held. */
export interface Owner {
  /** How much it watches; 0: it has gone. */
  readonly watched: number;
}

/** Who holds what nobody says it is for: everybody else comes first. */
const NOBODY: Owner = { watched: Infinity };

interface Wanted<T> {
  item: T;
  holders: number;
  /** When the last holder let go; meaningless while there is one. */
  releasedMs: number;
  /** In whose line it is asked for. */
  owner: Owner;
}

/** How many bytes of a request there are for one kind of things. */
export interface Room {
  readonly bytes: number;
  /** Whether there is room at the home for more than it holds; default true. */
  readonly adds?: boolean;
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
  private readonly toAdd = new FairQueue<Wanted<T>>();
  private readonly toDrop = new Map<K, T>();
  /** In the order in which the last holders let go, which is the order of their ends. */
  private readonly released = new Set<K>();

  constructor(private readonly options: WantedSetOptions<K, T>) {}

  /** How many are wanted, those in their grace included. */
  get size(): number {
    return this.wanted.size;
  }

  /** How many the home may hold: those that are wanted, and those that it has not been told to drop. */
  get held(): number {
    return this.wanted.size + this.toDrop.size;
  }

  /** Whether the home has to be told of something. */
  isPending(adds = true): boolean {
    return (adds && this.toAdd.size > 0) || this.toDrop.size > 0;
  }

  /** Whether anybody wants it. */
  wants(item: T): boolean {
    return this.wantsKey(this.options.keyOf(item));
  }

  /** The same, of what has this key. */
  wantsKey(key: K): boolean {
    return this.wanted.has(key);
  }

  /** One more holder, for this owner. */
  hold(item: T, owner = NOBODY): void {
    const key = this.options.keyOf(item);
    this.released.delete(key);
    const wanted = this.wanted.get(key);
    if (wanted === undefined) return this.begin(key, { item, holders: 1, releasedMs: 0, owner });
    wanted.holders += 1;
    this.share(key, owner);
  }

  /** What is wanted already is wanted for this owner too, who holds it with another: it waits in the better line. */
  share(key: K, owner: Owner): void {
    const wanted = this.wanted.get(key);
    if (wanted === undefined) return;
    const { watched } = wanted.owner;
    if (watched > 0 && watched <= owner.watched) return;
    wanted.owner = owner;
    if (this.toAdd.has(wanted)) this.toAdd.put(wanted, owner);
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
      this.toAdd.delete(wanted);
      this.toDrop.set(key, wanted.item);
      ended.push(wanted.item);
    }
    return ended;
  }

  /** The one object that stands for an item while it is wanted; itself where it is not. */
  canonical(item: T): T {
    return this.wanted.get(this.options.keyOf(item))?.item ?? item;
  }

  /** Those that are meant are asked for anew. */
  askAgain(isMeant: (item: T) => boolean): void {
    for (const wanted of this.wanted.values()) if (isMeant(wanted.item)) this.ask(wanted);
  }

  /** Asks for something wanted anew, and from now on in this form. */
  askFor(item: T): void {
    const key = this.options.keyOf(item);
    const wanted = this.wanted.get(key);
    if (wanted === undefined) return;
    wanted.item = item;
    this.ask(wanted);
  }

  /** Everything has to be told. */
  restate(): void {
    this.toDrop.clear();
    this.askAgain(() => true);
  }

  /**
   * Takes what is to be added and dropped, as far as there is room: what is dropped gets no more than half of it, for nobody
   * waits for that.
   */
  take({ bytes, adds = true }: Room): { readonly add: readonly T[]; readonly drop: readonly T[] } {
    const dropping = this.fitting(bytes / 2);
    const drop: T[] = [];
    for (const [key, item] of this.toDrop) {
      if (!dropping.admits(item)) break;
      drop.push(item);
      this.toDrop.delete(key);
    }
    const adding = this.fitting(bytes - dropping.used());
    const add = adds ? this.toAdd.takeWhile(({ item }) => adding.admits(item)) : [];
    return { drop, add: add.map(({ item }) => item) };
  }

  /** What was taken may not have arrived: it is told once more. */
  putBack(add: readonly T[], drop: readonly T[]): void {
    const { keyOf } = this.options;
    for (const item of add) {
      const wanted = this.wanted.get(keyOf(item));
      if (wanted !== undefined) this.ask(wanted);
    }
    for (const item of drop) if (!this.wants(item)) this.toDrop.set(keyOf(item), item);
  }

  private begin(key: K, wanted: Wanted<T>): void {
    this.wanted.set(key, wanted);
    this.toDrop.delete(key);
    this.ask(wanted);
  }

  private ask(wanted: Wanted<T>): void {
    this.toAdd.put(wanted, wanted.owner);
  }

  /** Admits items as long as there is room for them. */
  private fitting(bytes: number): { admits: (item: T) => boolean; used: () => number } {
    const { bytesOf, itemsMax } = this.options;
    let used = 0;
    let items = 0;
    const admits = (item: T): boolean => {
      const more = bytesOf(item);
      if (used + more > bytes || items === itemsMax) return false;
      used += more;
      items += 1;
      return true;
    };
    return { admits, used: () => used };
  }
}
