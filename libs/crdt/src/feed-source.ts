/**
 * The sending side of a feed: one writer's map in one bucket, and what its receiver is known to have.
 * It owns its map and changes it in place, for a gateway holds one for each bucket in use.
 *
 * S1  version counts the changes, one each, and is never given out twice.
 * S2  floor <= acknowledged at the time of forgetting: a zero is dropped only once the receiver has it.
 * S3  an interval is offered only from floor or above; below it only whole state tells of dropped zeros.
 */
import { assert } from './assert.js';
import type { FeedEntry, FeedInterval, FeedMessage, FeedWhole } from './feed.js';

export class FeedSource<V> {
  /** In rising version, since a changed key is put at the end. */
  private readonly entries = new Map<string, FeedEntry<V>>();
  /** Keys whose value is a zero that the receiver may not have yet. */
  private readonly zeros = new Set<string>();
  private lastVersion = 0;
  private acknowledgedVersion = 0;
  private floorVersion = 0;

  constructor(private readonly isZero: (value: V) => boolean) {}

  /** The version of the newest change, 0 before the first. */
  get version(): number {
    return this.lastVersion;
  }

  /** The version up to which the receiver is known to have everything. */
  get acknowledged(): number {
    return this.acknowledgedVersion;
  }

  /** Whether the receiver has all there is. */
  get settled(): boolean {
    return this.acknowledgedVersion === this.lastVersion;
  }

  /** How many keys are held, zeros that are not yet acknowledged included. */
  get size(): number {
    return this.entries.size;
  }

  /** Writes an absolute value under the next version. Cost O(1). */
  set(key: string, value: V): void {
    this.lastVersion += 1;
    this.entries.delete(key);
    this.entries.set(key, { key, value, version: this.lastVersion });
    if (this.isZero(value)) this.zeros.add(key);
    else this.zeros.delete(key);
  }

  /** What the receiver does not have yet: an interval, whole state below the floor, or null when settled. */
  pending(): FeedMessage<V> | null {
    if (this.settled) return null;
    return this.since(this.acknowledgedVersion) ?? this.whole();
  }

  /**
   * The interval (from, version], or null where `from` lies below the floor or nothing came after it.
   * Cost O(keys): the entries changed since stand at the end, but a Map is read from its start.
   */
  since(from: number): FeedInterval<V> | null {
    if (from < this.floorVersion || from >= this.lastVersion) return null;
    const entries = [...this.entries.values()].filter(({ version }) => version > from);
    return { from, to: this.lastVersion, entries };
  }

  /** Everything, without zeros. Cost O(keys). */
  whole(): FeedWhole<V> {
    const entries = [...this.entries.values()].filter(({ value }) => !this.isZero(value));
    return { from: null, to: this.lastVersion, entries };
  }

  /**
   * The receiver states what it has stored. That may be less than before, when it has forgotten; a version
   * that was never given out is no statement about this writer and is refused by assertion.
   * Zeros that have arrived are dropped. Cost O(zeros held).
   */
  acknowledge(stored: number): void {
    assert(stored >= 0 && stored <= this.lastVersion, `S1: ${stored} was never given out`);
    this.acknowledgedVersion = stored;
    for (const key of this.zeros) {
      const entry = this.entries.get(key);
      assert(entry, `a zero of ${key} is held`);
      if (entry.version > stored) continue;
      this.entries.delete(key);
      this.zeros.delete(key);
      this.floorVersion = Math.max(this.floorVersion, entry.version);
    }
  }
}
