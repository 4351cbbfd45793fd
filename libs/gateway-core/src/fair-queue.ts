/**
 * Items that wait, served in turn: one of each owner, then the next one of each.
 *
 * Q1  an item waits in one line at most, in the order in which it came there.
 * Q2  between two items of one owner each other owner with a line is served once, so how long an item waits is up to those
 *     before it in its own line and the number of owners, never to how much others have asked for.
 */

/** The items of one owner. */
interface Line<T> {
  readonly items: Set<T>;
  /** Goes on where it stopped: to begin again a set walks over all that has been deleted from it. */
  walk: SetIterator<T>;
  /** The one that is next, unless it has been deleted meanwhile. */
  head: T | undefined;
}

export class FairQueue<T extends object> {
  /** The owner that is next comes first. */
  private readonly lines = new Map<object, Line<T>>();
  private readonly ownerOf = new Map<T, object>();

  /** How many wait. */
  get size(): number {
    return this.ownerOf.size;
  }

  has(item: T): boolean {
    return this.ownerOf.has(item);
  }

  /** Puts an item at the end of an owner's line, unless it waits there already. It leaves another's line for that. */
  put(item: T, owner: object): void {
    const former = this.ownerOf.get(item);
    if (former === owner) return;
    if (former !== undefined) this.leave(item, former);
    this.ownerOf.set(item, owner);
    let line = this.lines.get(owner);
    if (line === undefined) {
      const items = new Set<T>();
      line = { items, walk: items.values(), head: undefined };
      this.lines.set(owner, line);
    }
    line.items.add(item);
  }

  delete(item: T): void {
    const owner = this.ownerOf.get(item);
    if (owner !== undefined) this.leave(item, owner);
  }

  /** Takes items in turn, until one is not admitted or none is left. Cost O(taken). */
  takeWhile(admits: (item: T) => boolean): T[] {
    const taken: T[] = [];
    // What is put back into a map is walked over once more: its line goes to the end.
    for (const [owner, line] of this.lines) {
      const item = headOf(line);
      if (!admits(item)) break;
      taken.push(item);
      this.leave(item, owner);
      if (!this.lines.delete(owner)) continue;
      this.lines.set(owner, line);
    }
    return taken;
  }

  private leave(item: T, owner: object): void {
    this.ownerOf.delete(item);
    const line = this.lines.get(owner);
    if (line === undefined) return;
    line.items.delete(item);
    // If it comes back it comes to the end.
    if (line.head === item) line.head = undefined;
    if (line.items.size === 0) this.lines.delete(owner);
  }
}

/** The first item of a line, which has one. */
function headOf<T>(line: Line<T>): T {
  while (line.head === undefined || !line.items.has(line.head)) {
    const { done, value } = line.walk.next();
    if (done) line.walk = line.items.values();
    line.head = done ? undefined : value;
  }
  return line.head;
}
