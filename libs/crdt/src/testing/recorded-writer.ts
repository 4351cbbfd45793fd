import { FeedSource } from '../feed-source.js';

/** What counts as the absence of a key in the maps of these tests. */
export const isZero = (value: number): boolean => value === 0;

/**
 * A writer whose map is recorded at every version, by means of its own, so that what a receiver holds can be
 * compared with the truth of that version (F1).
 */
export class RecordedWriter {
  readonly source = new FeedSource<number>(isZero);
  private readonly maps: ReadonlyMap<string, number>[] = [new Map()];
  private readonly changedAt = new Map<string, number[]>();

  /** Changes the map and records it under the version that the change must get. */
  set(key: string, value: number): void {
    this.source.set(key, value);
    const map = new Map(this.maps.at(-1));
    if (value === 0) map.delete(key);
    else map.set(key, value);
    this.maps.push(map);
    this.changedAt.set(key, [...this.changesOf(key), this.maps.length - 1]);
  }

  /** The version of the last change of `key`, 0 where there was none. */
  lastChange(key: string): number {
    return this.changesOf(key).at(-1) ?? 0;
  }

  /** The versions at which `key` was changed, in rising order. */
  changesOf(key: string): readonly number[] {
    return this.changedAt.get(key) ?? [];
  }

  /** The map as it was at `version`. Throws if that was never given out. */
  mapAt(version: number): ReadonlyMap<string, number> {
    const map = this.maps[version];
    if (!map) throw new Error(`version ${version} was never written`);
    return map;
  }
}
