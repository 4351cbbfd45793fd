/** How many different keys are looked through one after the other: a map for each socket would take more memory than all else here. */
const FEW_MAX = 16;

/** Keys, each as often as it is held. */
export class Held<K> {
  /** Each key as often as it is held; null: there are too many for that. */
  private few: K[] | null = [];
  private many: Map<K, number> | null = null;

  /** How many different keys are held. Cost O(few) or O(1). */
  get size(): number {
    if (this.many !== null) return this.many.size;
    const few = this.few ?? [];
    return few.length < 2 ? few.length : new Set(few).size;
  }

  has(key: K): boolean {
    return this.many?.has(key) ?? this.few?.includes(key) ?? false;
  }

  /** Holds a key once more. */
  add(key: K): void {
    if (this.few !== null && this.few.length < FEW_MAX) {
      // To push, or to spread, would make room for sixteen more, in each of a hundred thousand sockets.
      this.few = this.few.concat([key]);
      return;
    }
    const many = this.mapped();
    many.set(key, (many.get(key) ?? 0) + 1);
  }

  /** Holds a key once less. Gives whether that was the last time; false as well where it was not held. */
  delete(key: K): boolean {
    if (this.few !== null) {
      const at = this.few.indexOf(key);
      if (at < 0) return false;
      this.few.splice(at, 1);
      return !this.few.includes(key);
    }
    const many = this.mapped();
    const count = many.get(key);
    if (count === undefined) return false;
    if (count === 1) return many.delete(key);
    many.set(key, count - 1);
    return false;
  }

  /** The different keys. */
  keys(): readonly K[] {
    return this.many === null ? [...new Set(this.few)] : [...this.many.keys()];
  }

  /** All, each as often as it is held. */
  all(): readonly K[] {
    if (this.many === null) return [...(this.few ?? [])];
    return [...this.many].flatMap(([key, count]) => Array.from({ length: count }, () => key));
  }

  private mapped(): Map<K, number> {
    if (this.many !== null) return this.many;
    this.many = new Map();
    for (const key of this.few ?? []) this.many.set(key, (this.many.get(key) ?? 0) + 1);
    this.few = null;
    return this.many;
  }
}
