/**
 * What one region holds of one bucket, and the join of ADR 9 in the plainest way: the double of the Lua scripts for tests
 * of the gossip. No records of operations: those are the store's own matter.
 */
import type {
  BucketPart,
  BucketState,
  CoverRow,
  Pulled,
  VectorRow,
} from '@headcount/counter-store';

/** Up to where something is covered. */
export interface At {
  readonly incarnation: string;
  readonly seq: number;
}

export interface Register extends At {
  readonly viewers: number;
}

/** What a writer has added to a counter; `rev`: when it last changed here. */
export interface Total {
  readonly seq: number;
  readonly up: number;
  readonly rev: number;
}

export interface MemoryCounter {
  rev: number;
  /** Own viewers: written by this region alone, read under whatever its incarnation is. */
  own: { viewers: number; seq: number } | null;
  readonly registers: Map<string, Register>;
  /** `region/incarnation` -> what that writer has added. */
  readonly totals: Map<string, Total>;
}

export interface MemoryRegion {
  covered: At;
  pulled: Pulled;
  base: At;
}

/** All of it can be copied as a whole, which is how a test lets a region forget. */
export interface MemoryBucket {
  incarnation: string;
  seq: number;
  rev: number;
  revFloor: number;
  stale: readonly string[];
  readonly counters: Map<string, MemoryCounter>;
  readonly regions: Map<string, MemoryRegion>;
}

const NOTHING: At = { incarnation: '', seq: 0 };

export function emptyBucket(): MemoryBucket {
  return {
    ...{ incarnation: '', seq: 0, rev: 0, revFloor: 0, stale: [] },
    counters: new Map(),
    regions: new Map(),
  };
}

export function counterIn(bucket: MemoryBucket, key: string): MemoryCounter {
  const known = bucket.counters.get(key);
  if (known) return known;
  const made: MemoryCounter = { rev: 0, own: null, registers: new Map(), totals: new Map() };
  bucket.counters.set(key, made);
  return made;
}

export function regionIn(bucket: MemoryBucket, name: string): MemoryRegion {
  const known = bucket.regions.get(name);
  if (known) return known;
  const made = { covered: NOTHING, pulled: { incarnation: '', rev: 0 }, base: NOTHING };
  bucket.regions.set(name, made);
  return made;
}

/** The counter has changed as readers see it. */
export function touch(bucket: MemoryBucket, counter: MemoryCounter): void {
  bucket.rev += 1;
  counter.rev = bucket.rev;
}

export function covers(at: At | undefined, { incarnation, seq }: At): boolean {
  if (!at || incarnation > at.incarnation) return false;
  return incarnation < at.incarnation || seq <= at.seq;
}

export function vectorOf(own: string, bucket: MemoryBucket): VectorRow[] {
  const others = [...bucket.regions].filter(([, { covered }]) => covered.incarnation !== '');
  return [
    [own, bucket.incarnation, bucket.seq],
    ...others.map(([name, { covered }]): VectorRow => [name, covered.incarnation, covered.seq]),
  ];
}

/** The vector with the base of each entry, as an interval tells it. */
export function coversOf(own: string, bucket: MemoryBucket): CoverRow[] {
  return vectorOf(own, bucket).map(([name, incarnation, seq]): CoverRow => {
    const base = name === own ? NOTHING : regionIn(bucket, name).base;
    return [name, incarnation, seq, base.incarnation, base.seq];
  });
}

export function readVector(rows: readonly VectorRow[]): Map<string, At> {
  return new Map(rows.map(([name, incarnation, seq]) => [name, { incarnation, seq }]));
}

/** What is told of these counters; `asker` null: whole state. Totals that the asker covers are left out. */
export function stateOf(
  own: string,
  bucket: MemoryBucket,
  keys: readonly string[],
  asker: ReadonlyMap<string, At> | null,
): BucketState {
  const writers: [string, string][] = [];
  const place = (region: string, incarnation: string): number =>
    writers.push([region, incarnation]) - 1;
  const rows = keys.map((key): BucketState['rows'][number] => {
    const counter = counterIn(bucket, key);
    const registers = [...counter.registers].map(
      ([name, { incarnation, seq, viewers }]) =>
        [place(name, incarnation), seq, viewers, viewers] as const,
    );
    if (counter.own && counter.own.viewers > 0) {
      const { viewers, seq } = counter.own;
      registers.push([place(own, bucket.incarnation), seq, viewers, viewers]);
    }
    const totals = [...counter.totals].flatMap(([writer, { seq, up }]) => {
      const [region = '', incarnation = ''] = writer.split('/');
      const at = asker?.get(region);
      if (at && at.incarnation === incarnation && seq <= at.seq) return [];
      return [[place(region, incarnation), seq, up, 0] as const];
    });
    return [key, '', registers, totals];
  });
  return {
    vector: vectorOf(own, bucket),
    writers,
    rows,
    operations: [],
    voids: [],
    follows: [],
    histories: [],
    votes: [],
  };
}

/** Joins what a part tells of registers and totals. `keysOfSlice`: all here that the part's silence speaks of too. */
export function joinState(
  own: string,
  bucket: MemoryBucket,
  { state, from }: BucketPart,
  keysOfSlice: readonly string[],
): void {
  const theirs = readVector(state.vector);
  const ours = readVector(vectorOf(own, bucket));
  const isNews = [...theirs].some(([name, at]) => name !== own && !covers(ours.get(name), at));
  const told = new Map(state.rows.map((row) => [row[0], row]));
  for (const key of new Set([...told.keys(), ...keysOfSlice])) {
    const [, , registers = [], totals = []] = told.get(key) ?? [key, ''];
    const counter = counterIn(bucket, key);
    let changed = from !== null && isNews;
    const named = new Map(
      registers.map(([writer, seq, viewers]) => {
        const [region = '', incarnation = ''] = state.writers[writer] ?? [];
        return [region, { incarnation, seq, viewers }] as const;
      }),
    );
    for (const [region, register] of named) {
      if (region === own || covers(counter.registers.get(region) ?? ours.get(region), register))
        continue;
      counter.registers.set(region, register);
      changed = true;
    }
    for (const [region, register] of [...counter.registers]) {
      if (named.has(region) || !covers(theirs.get(region), register)) continue;
      counter.registers.delete(region);
      changed = true;
    }
    for (const [writer, seq, up] of totals) {
      const [region, incarnation] = state.writers[writer] ?? [];
      if (region === own && incarnation === bucket.incarnation) continue;
      const name = `${region}/${incarnation}`;
      const held = counter.totals.get(name);
      if (held && held.up >= up && held.seq >= seq) continue;
      counter.totals.set(name, {
        seq: Math.max(seq, held?.seq ?? 0),
        up: Math.max(up, held?.up ?? 0),
        rev: 0,
      });
      changed = true;
    }
    if (changed) touch(bucket, counter);
  }
}
