/** The port RegionStore in memory, for tests of the gossip, with the writes and the two ways of forgetting. */
import type { BucketAsk, BucketPart, Merged, RegionStore } from '@headcount/counter-store';
import {
  counterIn,
  covers,
  coversOf,
  emptyBucket,
  joinState,
  readVector,
  regionIn,
  stateOf,
  touch,
  vectorOf,
  type MemoryBucket,
} from './memory-bucket.js';

/** Slices of whole state, and rows of an interval: few, so that streams are cut in the middle. */
const MODULUS = 2;
const PART_ROWS = 2;

/** Slices are those of the last character. */
const sliceOf = (key: string): number => (key.charCodeAt(key.length - 1) || 0) % MODULUS;

/** Gives out incarnations in rising order, one source for all regions of a test. */
export class Incarnations {
  private last = 0;
  next = (): string => (this.last += 1).toString(16).padStart(20, '0');
}

export class MemoryRegionStore implements RegionStore {
  /** While true every call rejects, as while Redis is away. */
  away = false;
  private held: MemoryBucket[];
  private forgot = new Set<number>();

  constructor(
    readonly region: string,
    buckets: number,
    private readonly incarnations: Incarnations,
    /** Told of each visible change, as publications are. */
    private readonly onChange: (bucket: number, incarnation: string, rev: number) => void,
  ) {
    this.held = Array.from({ length: buckets }, emptyBucket);
  }

  /** What a bucket holds, for whoever checks. */
  peek(bucket: number): MemoryBucket {
    return this.held[bucket] ?? emptyBucket();
  }

  snapshot(): MemoryBucket[] {
    return structuredClone(this.held);
  }

  /** Goes back to what was; the next call finds out. */
  rollBackTo(snapshot: readonly MemoryBucket[]): void {
    this.held = structuredClone([...snapshot]);
    this.forgot = new Set(this.held.keys());
  }

  flush(): void {
    this.rollBackTo(this.held.map(emptyBucket));
  }

  /** One more change of a durable counter; resolves to the writer and seq that it was written under. */
  add(bucket: number, key: string, amount: number): { writer: string; seq: number } {
    const open = this.open(bucket);
    open.seq += 1;
    const writer = `${this.region}/${open.incarnation}`;
    const counter = counterIn(open, key);
    const up = (counter.totals.get(writer)?.up ?? 0) + amount;
    touch(open, counter);
    counter.totals.set(writer, { seq: open.seq, up, rev: open.rev });
    this.tell(bucket);
    return { writer, seq: open.seq };
  }

  /** The region's own viewers of a counter. */
  setViewers(bucket: number, key: string, viewers: number): void {
    const open = this.open(bucket);
    const counter = counterIn(open, key);
    if ((counter.own?.viewers ?? 0) === viewers) return;
    open.seq += 1;
    counter.own = { viewers, seq: open.seq };
    touch(open, counter);
    this.tell(bucket);
  }

  async standing(bucket: number) {
    const open = await this.ready(bucket);
    const { incarnation, seq, rev, stale } = open;
    const pulled = [...open.regions].filter(([, { pulled: at }]) => at.incarnation !== '');
    return {
      position: { incarnation, seq, rev },
      vector: vectorOf(this.region, open),
      pulled: new Map(pulled.map(([name, { pulled: at }]) => [name, { ...at }])),
      stale,
    };
  }

  async read(ask: BucketAsk): Promise<BucketPart> {
    const open = await this.ready(ask.bucket);
    const { incarnation, rev } = open;
    if (ask.cursor !== null) {
      const [of, to, slice, vector] = JSON.parse(ask.cursor) as [string, number, number, Vector];
      if (of === incarnation) return this.slice(ask.bucket, open, to, slice, vector);
    } else if (ask.incarnation === incarnation && ask.rev >= open.revFloor && ask.rev <= rev) {
      return this.interval(ask, open);
    }
    return this.slice(ask.bucket, open, rev, 0, vectorOf(this.region, open));
  }

  /** `askedUnder`: the own incarnation that the ask's vector was read under; a later one lacks what that vector claims. */
  async merge(sender: string, part: BucketPart, askedUnder: string): Promise<Merged> {
    const open = await this.ready(part.bucket);
    const peer = regionIn(open, sender);
    const { incarnation, from, to } = part;
    const answer = (verdict: Merged['verdict']): Merged => ({
      verdict,
      position: { incarnation: open.incarnation, seq: open.seq, rev: open.rev },
      pulled: { ...peer.pulled },
      vector: vectorOf(this.region, open),
    });
    if (askedUnder !== open.incarnation) return answer('need');
    if (from !== null && (peer.pulled.incarnation !== incarnation || peer.pulled.rev < from))
      return answer('need');
    const before = open.rev;
    const ofSlice = [...open.counters.keys()].filter((key) => sliceOf(key) === part.slice?.[1]);
    joinState(this.region, open, part, ofSlice);
    const missed = this.joinVector(open, part, before);
    const isAhead = peer.pulled.incarnation === incarnation && peer.pulled.rev >= to;
    if ((from !== null || part.covers !== null) && !isAhead) peer.pulled = { incarnation, rev: to };
    if (missed) peer.pulled = { incarnation: '', rev: 0 };
    if (open.rev > before) this.tell(part.bucket);
    return answer('taken');
  }

  async setStale(bucket: number, regions: readonly string[]) {
    const open = await this.ready(bucket);
    if (open.stale.join() !== [...regions].sort().join()) {
      open.stale = [...regions].sort();
      open.rev += 1;
      this.tell(bucket);
    }
    return { incarnation: open.incarnation, seq: open.seq, rev: open.rev };
  }

  async dropRegion(bucket: number, region: string) {
    const open = await this.ready(bucket);
    const last = { incarnation: 'f'.repeat(20), seq: 0 };
    Object.assign(regionIn(open, region), { covered: last, base: last });
    for (const counter of open.counters.values()) {
      if (counter.registers.delete(region)) touch(open, counter);
    }
    this.tell(bucket);
    return { incarnation: open.incarnation, seq: open.seq, rev: open.rev };
  }

  private interval(ask: BucketAsk, open: MemoryBucket): BucketPart {
    const changed = [...open.counters]
      .filter(([, { rev }]) => rev > ask.rev)
      .sort(([, left], [, right]) => left.rev - right.rev);
    const told = changed.slice(0, PART_ROWS);
    const isAll = told.length === changed.length;
    const keys = told.map(([key]) => key);
    return {
      bucket: ask.bucket,
      incarnation: open.incarnation,
      from: ask.rev,
      to: isAll ? open.rev : (told.at(-1)?.[1].rev ?? open.rev),
      covers: isAll ? coversOf(this.region, open) : null,
      cursor: null,
      slice: null,
      state: stateOf(this.region, open, keys, readVector(ask.vector)),
    };
  }

  private slice(
    bucket: number,
    open: MemoryBucket,
    to: number,
    slice: number,
    vector: Vector,
  ): BucketPart {
    const { incarnation } = open;
    const keys = [...open.counters.keys()].filter((key) => sliceOf(key) === slice);
    const isLast = slice + 1 === MODULUS;
    return {
      ...{ bucket, incarnation, from: null, to },
      covers: isLast ? vector.map(([name, at, seq]) => [name, at, seq, '', 0] as const) : null,
      cursor: isLast ? null : JSON.stringify([incarnation, to, slice + 1, vector]),
      slice: [MODULUS, slice],
      state: stateOf(this.region, open, keys, null),
    };
  }

  /** Whether the base of a region that is not pulled from directly is missing. */
  private joinVector(
    open: MemoryBucket,
    { covers: rows, from }: BucketPart,
    before: number,
  ): boolean {
    let [moved, missed] = [false, false];
    for (const [name, incarnation, seq, baseIncarnation, baseSeq] of rows ?? []) {
      if (name === this.region) continue;
      const region = regionIn(open, name);
      const at = { incarnation, seq };
      if (covers(region.covered, at)) continue;
      const base = { incarnation: baseIncarnation, seq: baseSeq };
      if (baseIncarnation === '' || covers(region.covered, base)) {
        region.covered = at;
        moved = true;
        if (from === null) region.base = at;
      } else if (region.pulled.incarnation === '') missed = true;
    }
    if (moved && open.rev === before) open.rev += 1;
    return missed;
  }

  private async ready(bucket: number): Promise<MemoryBucket> {
    await Promise.resolve();
    if (this.away) throw new Error('the store is away');
    return this.open(bucket);
  }

  private open(bucket: number): MemoryBucket {
    const held = this.held[bucket];
    if (!held) throw new Error(`no bucket ${bucket}`);
    if (held.incarnation !== '' && !this.forgot.has(bucket)) return held;
    this.forgot.delete(bucket);
    held.incarnation = this.incarnations.next();
    held.revFloor = held.rev;
    this.tell(bucket);
    return held;
  }

  private tell(bucket: number): void {
    const { incarnation, rev } = this.peek(bucket);
    this.onChange(bucket, incarnation, rev);
  }
}

type Vector = BucketAsk['vector'];
