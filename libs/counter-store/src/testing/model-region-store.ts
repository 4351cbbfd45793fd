/** The port RegionStore on the model of a bucket, with the writes, and the two ways of forgetting. */
import { NOWHERE, laterPosition, type Position, type Presence } from '@headcount/crdt';
import type { BucketAsk, BucketPart, VectorRow } from '../region-part.js';
import type { Merged, RegionStore } from '../region.store.js';
import {
  NOTHING_PULLED,
  add,
  coversOf,
  dropRegion,
  emptyBucket,
  merge,
  readVector,
  rowsOf,
  setOwn,
  tell,
  vectorOf,
  type ModelBucket,
} from './region-model.js';

/** Gives out incarnations in rising order, one source for all regions of a test. */
export class Incarnations {
  private last = 0;
  next = (): string => (this.last += 1).toString(16).padStart(20, '0');
}

export interface ModelOptions {
  readonly region: string;
  readonly buckets: number;
  readonly incarnations: { readonly next: () => string };
  /** Called with each visible change, as readers are by a publication. */
  readonly onChange?: (bucket: number, incarnation: string, rev: number) => void;
  /** Slices of whole state, and rows of an interval: few by default, so that streams are cut in the middle. */
  readonly modulus?: number;
  readonly rowsMax?: number;
}

export class ModelRegionStore implements RegionStore {
  /** While true every call rejects, as while Redis is away. */
  away = false;
  rowsMax: number;
  readonly region: string;
  private readonly modulus: number;
  private held: ModelBucket[];
  /** The highest position of each bucket ever: one that holds less has forgotten something. */
  private readonly seen: Position[];

  constructor(private readonly options: ModelOptions) {
    this.region = options.region;
    this.modulus = options.modulus ?? 2;
    this.rowsMax = options.rowsMax ?? 2;
    this.held = Array.from({ length: options.buckets }, emptyBucket);
    this.seen = this.held.map(() => NOWHERE);
  }

  /** What a bucket holds, for checks. */
  peek(bucket: number): ModelBucket {
    return this.held[bucket] ?? emptyBucket();
  }

  snapshot(): ModelBucket[] {
    return structuredClone(this.held);
  }

  /** Goes back to an earlier state; the next call notices. */
  rollBackTo(snapshot: readonly ModelBucket[]): void {
    this.held = structuredClone([...snapshot]);
  }

  flush(): void {
    this.rollBackTo(this.held.map(emptyBucket));
  }

  /** One more change of a durable counter, and the writer and seq that it was written under. */
  add(
    bucket: number,
    key: string,
    amount: number,
    id: string | null = null,
  ): { readonly outcome: 'added' | 'replayed'; readonly writer: string; readonly seq: number } {
    return this.change(bucket, (open) => {
      const outcome = add(this.region, open, key, amount, id);
      return { outcome, writer: `${this.region}/${open.incarnation}`, seq: open.seq };
    });
  }

  /** The region's own viewers of a counter, each with `connections` in all; default: one each. */
  setViewers(bucket: number, key: string, viewers: number, connections = viewers): void {
    const presence: Presence = { viewers, connections };
    this.change(bucket, (open) => setOwn(open, key, presence));
  }

  async standing(bucket: number) {
    return this.settled(bucket, (open) => ({
      position: positionOf(open),
      vector: rowsOf(vectorOf(this.region, open)),
      pulled: new Map([...open.pulled].filter(([, { incarnation }]) => incarnation !== '')),
      stale: open.stale,
    }));
  }

  async read(ask: BucketAsk): Promise<BucketPart> {
    return this.settled(ask.bucket, (open) => {
      const { incarnation, rev } = open;
      if (ask.cursor !== null) {
        const [of, to, number, vector] = JSON.parse(ask.cursor) as Cursor;
        if (of === incarnation) return this.slice(ask.bucket, open, to, number, vector);
      } else if (ask.incarnation === incarnation && ask.rev >= open.revFloor && ask.rev <= rev) {
        return this.interval(ask, open);
      }
      return this.slice(ask.bucket, open, rev, 0, rowsOf(vectorOf(this.region, open)));
    });
  }

  /** `askedUnder`: the own incarnation that the ask's vector was read under; a later one lacks what that vector claims. */
  async merge(sender: string, part: BucketPart, askedUnder: string): Promise<Merged> {
    return this.settled(part.bucket, (open) => {
      const verdict = merge(this.region, open, sender, part, askedUnder, sliceOf);
      return {
        verdict,
        position: positionOf(open),
        pulled: open.pulled.get(sender) ?? NOTHING_PULLED,
        vector: rowsOf(vectorOf(this.region, open)),
      };
    });
  }

  async setStale(bucket: number, regions: readonly string[]) {
    return this.settled(bucket, (open) => {
      const stale = [...regions].sort();
      if (open.stale.join() !== stale.join()) open.rev += 1;
      open.known = new Set([...open.known, ...stale]);
      open.stale = stale;
      return positionOf(open);
    });
  }

  async dropRegion(bucket: number, region: string) {
    return this.settled(bucket, (open) => {
      dropRegion(open, region);
      return positionOf(open);
    });
  }

  private interval({ bucket, rev, vector }: BucketAsk, open: ModelBucket): BucketPart {
    const changed = [...open.counters]
      .filter(([, counter]) => counter.rev > rev)
      .sort(([, left], [, right]) => left.rev - right.rev);
    const looked = changed.slice(0, this.rowsMax);
    const isAll = looked.length === changed.length;
    const keys = looked.map(([key]) => key);
    return {
      ...{ bucket, incarnation: open.incarnation, from: rev, cursor: null, slice: null },
      to: isAll ? open.rev : (looked.at(-1)?.[1].rev ?? open.rev),
      covers: isAll ? coversOf(this.region, open) : null,
      state: tell(this.region, open, keys, readVector(vector)),
    };
  }

  private slice(
    bucket: number,
    open: ModelBucket,
    to: number,
    number: number,
    vector: readonly VectorRow[],
  ): BucketPart {
    const { incarnation } = open;
    const keys = [...open.counters.keys()].filter((key) => sliceOf(key, this.modulus) === number);
    const isLast = number + 1 === this.modulus;
    const next: Cursor = [incarnation, to, number + 1, vector];
    return {
      ...{ bucket, incarnation, from: null, to, slice: [this.modulus, number] },
      covers: isLast ? vector.map((row) => [...row, '', 0] as const) : null,
      cursor: isLast ? null : JSON.stringify(next),
      state: tell(this.region, open, keys, null),
    };
  }

  private async settled<T>(bucket: number, act: (open: ModelBucket) => T): Promise<T> {
    await Promise.resolve();
    if (this.away) throw new Error('the store is away');
    return this.change(bucket, act);
  }

  /** Acts on a bucket that is open: one that has forgotten something begins a new incarnation first. */
  private change<T>(bucket: number, act: (open: ModelBucket) => T): T {
    const open = this.held[bucket];
    if (!open) throw new Error(`no bucket ${bucket}`);
    const [before, seen] = [positionOf(open), this.seen[bucket] ?? NOWHERE];
    const isBehind =
      open.incarnation !== seen.incarnation || open.seq < seen.seq || open.rev < seen.rev;
    if (open.incarnation === '' || isBehind) {
      open.incarnation = this.options.incarnations.next();
      open.revFloor = open.rev;
    }
    const answer = act(open);
    this.seen[bucket] = laterPosition(seen, positionOf(open));
    const { incarnation, rev } = open;
    if (incarnation !== before.incarnation || rev !== before.rev)
      this.options.onChange?.(bucket, incarnation, rev);
    return answer;
  }
}

type Cursor = readonly [
  incarnation: string,
  to: number,
  slice: number,
  vector: readonly VectorRow[],
];

const positionOf = ({ incarnation, seq, rev }: ModelBucket) => ({ incarnation, seq, rev });
/** By the last character. */
const sliceOf = (key: string, modulus: number): number =>
  (key.charCodeAt(key.length - 1) || 0) % modulus;
