/**
 * The model of one region's bucket, made of the types of libs/crdt: what the Lua scripts must hold (ADR 9).
 *
 * The contract suite plays the same histories on it and on Redis (region.store.contract.ts), and the tests of the gossip run
 * on it (model-region-store.ts). It has no shelves, no index and no numbers for names: only the decisions.
 */
import {
  NOBODY,
  NOTHING_COVERED,
  NOTHING_VOID,
  NO_ELEMENTS,
  UNSEEN,
  UNTOUCHED,
  addToCounter,
  advanceVector,
  compareRegionVersions,
  countWithout,
  coversRegions,
  incarnationOf,
  isNobody,
  joinCounters,
  joinGSets,
  joinRegionPresence,
  joinRegionVectors,
  joinVectors,
  joinVoidAmounts,
  presenceCount,
  putIntoGSet,
  regionOf,
  safeValue,
  voidAmounts,
  versionOf,
  writePresence,
  type GSet,
  type OperationRecord,
  type PnCounter,
  type Presence,
  type PresenceRegister,
  type Region,
  type RegionPresence,
  type RegionVector,
  type RegionVersion,
  type VersionVector,
  type VoidAmounts,
  type Writer,
} from '@headcount/crdt';
import type {
  BucketPart,
  CoverRow,
  OperationRow,
  Pulled,
  VectorRow,
  VoidRow,
  WriterRow,
} from '../region-part.js';

/** What is held of a counter. `rev`: when its readers last saw something else. */
export interface ModelCounter {
  rev: number;
  /** The own register. It is told under whatever the own incarnation is by then. */
  own: { readonly seq: number; readonly presence: Presence } | null;
  registers: RegionPresence;
  totals: PnCounter;
  /** Writer -> the seq of its last change of this counter. */
  seqs: VersionVector;
  voids: VoidAmounts;
}

/** An operation as one writer has counted it: in which counter, and under which seq. */
export interface ModelRecord extends OperationRecord {
  readonly key: string;
  readonly seq: number;
}

/** An operation that counts twice, and the record because of which it must not. */
export interface ModelVoid {
  readonly record: ModelRecord;
  readonly keeper: ModelRecord;
}

/** Whole state that is being taken: the slices before `next` have come, each as of `vector` at least. */
interface ModelStream {
  readonly incarnation: string;
  readonly modulus: number;
  readonly next: number;
  readonly vector: RegionVector;
}

/** All of it can be copied as a whole, which is how a test lets a region forget. */
export interface ModelBucket {
  incarnation: string;
  seq: number;
  rev: number;
  revFloor: number;
  stale: readonly string[];
  known: GSet;
  /** Of the other regions; what whole state has covered of them; what is pulled of them. */
  vector: RegionVector;
  bases: RegionVector;
  readonly pulled: Map<string, Pulled>;
  readonly counters: Map<string, ModelCounter>;
  /** Operation id -> the record of the least writer whose increment is counted. */
  readonly records: Map<string, ModelRecord>;
  readonly voids: Map<string, ModelVoid>;
  waitingRecords: ModelRecord[];
  waitingVoids: ModelVoid[];
  /** Counter -> as of when a region was said to be gone from it, until the vector tells that. */
  readonly gone: Map<string, RegionVector>;
  readonly streams: Map<string, ModelStream>;
}

const NOWHERE_AT: RegionVersion = { incarnation: '', seq: 0 };
export const NOTHING_PULLED: Pulled = { incarnation: '', rev: 0 };
/** After every incarnation: of a region that is retired nothing is news. */
const LAST: RegionVersion = { incarnation: 'f'.repeat(20), seq: 0 };

export function emptyBucket(): ModelBucket {
  return {
    ...{ incarnation: '', seq: 0, rev: 0, revFloor: 0, stale: [], known: NO_ELEMENTS },
    ...{ vector: new Map(), bases: new Map(), pulled: new Map(), counters: new Map() },
    ...{ records: new Map(), voids: new Map(), waitingRecords: [], waitingVoids: [] },
    ...{ gone: new Map(), streams: new Map() },
  };
}

export function counterIn(bucket: ModelBucket, key: string): ModelCounter {
  const held = bucket.counters.get(key);
  if (held) return held;
  const made: ModelCounter = {
    ...{ rev: 0, own: null, registers: UNSEEN, totals: UNTOUCHED },
    ...{ seqs: NOTHING_COVERED, voids: NOTHING_VOID },
  };
  bucket.counters.set(key, made);
  return made;
}

/** Gives a counter that has changed the next rev. */
export function touch(bucket: ModelBucket, counter: ModelCounter): void {
  bucket.rev += 1;
  counter.rev = bucket.rev;
}

const one = (region: string, at: RegionVersion): RegionVector => new Map([[region, at]]);
const writerOfRow = ([region, incarnation]: WriterRow): Writer =>
  `${region}/${incarnation}` as Writer;
export const readVector = (rows: readonly VectorRow[]): RegionVector =>
  new Map(rows.map(([region, incarnation, seq]) => [region, { incarnation, seq }]));
/** A key without a space is a digest, and may be that of viewers. */
const hasPresence = (key: string): boolean => key.endsWith(' viewers') || !/[ \t@>]/.test(key);

export function vectorOf(own: string, { incarnation, seq, vector }: ModelBucket): RegionVector {
  return new Map([[own, { incarnation, seq }], ...vector]);
}

/** What readers are shown of a counter. Durable: +-2^53 where the sum passes 2^53-1. */
export function shown(bucket: ModelBucket, key: string): Presence & { readonly durable: number } {
  const { own, registers, totals, voids } =
    bucket.counters.get(key) ?? counterIn(emptyBucket(), key);
  const { presence } = presenceCount(registers, new Set(bucket.stale as Region[]));
  const sum = countWithout(totals, voids);
  const exact = safeValue(sum);
  return {
    viewers: presence.viewers + (own?.presence.viewers ?? 0),
    connections: presence.connections + (own?.presence.connections ?? 0),
    durable: exact.ok ? exact.value : sum > 0n ? 2 ** 53 : -(2 ** 53),
  };
}

/** Adds to a counter; an id that is known adds nothing. */
export function add(
  own: string,
  bucket: ModelBucket,
  key: string,
  amount: number,
  id: string | null = null,
): 'added' | 'replayed' {
  if (id !== null && bucket.records.has(id)) return 'replayed';
  const writer = writerOfRow([own, bucket.incarnation]);
  const counter = counterIn(bucket, key);
  const delta = addToCounter(counter.totals, writer, amount);
  if (delta === 'OUT_OF_RANGE') throw new Error('the histories stay within the bounds');
  bucket.seq += 1;
  counter.totals = joinCounters(counter.totals, delta);
  counter.seqs = joinVectors(counter.seqs, advanceVector(counter.seqs, writer, bucket.seq));
  touch(bucket, counter);
  if (id !== null) bucket.records.set(id, { id, writer, amount, key, seq: bucket.seq });
  return 'added';
}

/** The region's gateways see so many on a page. */
export function setOwn(bucket: ModelBucket, key: string, presence: Presence): void {
  const counter = counterIn(bucket, key);
  const { viewers, connections } = counter.own?.presence ?? { viewers: 0, connections: 0 };
  if (viewers === presence.viewers && connections === presence.connections) return;
  bucket.seq += 1;
  counter.own = { seq: bucket.seq, presence };
  touch(bucket, counter);
}

/** Takes a region out of service: its viewers go, its counts stay. */
export function dropRegion(bucket: ModelBucket, name: string): void {
  bucket.known = joinGSets(bucket.known, putIntoGSet(bucket.known, name));
  bucket.vector = joinRegionVectors(bucket.vector, one(name, LAST));
  bucket.bases = joinRegionVectors(bucket.bases, one(name, LAST));
  for (const counter of bucket.counters.values()) {
    if (drop(counter, name)) touch(bucket, counter);
  }
}

function drop(counter: ModelCounter, name: string): boolean {
  const left = new Map(counter.registers);
  const isHeld = left.delete(name as Region);
  counter.registers = left;
  return isHeld;
}

/** One part of what a peer holds, being joined. */
interface Merge {
  readonly own: string;
  readonly bucket: ModelBucket;
  readonly part: BucketPart;
  /** What the sender covers, and what was covered here before. */
  readonly told: RegionVector;
  readonly before: RegionVector;
  readonly sliceOf: (key: string, modulus: number) => number;
  readonly touched: Set<string>;
}

/** Joins a part, whole or not at all. */
export function merge(
  own: string,
  bucket: ModelBucket,
  sender: string,
  part: BucketPart,
  askedUnder: string,
  sliceOf: Merge['sliceOf'],
): 'taken' | 'need' {
  const { incarnation, from, to, covers, slice, state } = part;
  bucket.known = joinGSets(bucket.known, putIntoGSet(bucket.known, sender));
  const pulled = bucket.pulled.get(sender) ?? NOTHING_PULLED;
  const isAfterGap = from !== null && (pulled.incarnation !== incarnation || pulled.rev < from);
  if (askedUnder !== bucket.incarnation || isAfterGap) return 'need';
  const told = readVector(state.vector);
  const stream = slice && streamOf(bucket, sender, incarnation, slice, told);
  if (slice && !stream) return 'need';
  const others = [...told.keys()].filter((name) => name !== own);
  bucket.known = joinGSets(bucket.known, new Set(others));
  const merging: Merge = {
    ...{ own, bucket, part, told, before: vectorOf(own, bucket), sliceOf, touched: new Set() },
  };
  joinRows(merging);
  joinRecords(merging);
  const { moved, missed } = joinVector(merging, covers ?? []);
  forgetGone(merging);
  if (stream && slice) {
    const next = Math.max(stream.next, slice[1] + 1);
    if (next === stream.modulus) bucket.streams.delete(sender);
    else bucket.streams.set(sender, { ...stream, next });
  }
  for (const key of merging.touched) touch(bucket, counterIn(bucket, key));
  // Whoever pulls from here learns by the rev that there is something to learn.
  if (moved && merging.touched.size === 0) bucket.rev += 1;
  const isAhead = pulled.incarnation === incarnation && pulled.rev >= to;
  if ((from !== null || covers !== null) && !isAhead)
    bucket.pulled.set(sender, { incarnation, rev: to });
  if (missed) bucket.pulled.set(sender, NOTHING_PULLED);
  return 'taken';
}

/** The stream that a slice begins or goes on with; null: slices before it are missing, or were taken as of later than it. */
function streamOf(
  bucket: ModelBucket,
  sender: string,
  incarnation: string,
  [modulus, number]: readonly [number, number],
  told: RegionVector,
): ModelStream | null {
  if (number === 0) return { incarnation, modulus, next: 0, vector: told };
  const stream = bucket.streams.get(sender);
  if (!stream || stream.incarnation !== incarnation || stream.modulus !== modulus) return null;
  return number <= stream.next && coversRegions(told, stream.vector) ? stream : null;
}

function joinRows(merging: Merge): void {
  const { bucket, part, sliceOf } = merging;
  const rows = new Map(part.state.rows.map((row) => [row[0], row]));
  for (const [key, , registers, totals] of rows.values()) {
    if (hasPresence(key)) joinRegisters(merging, key, registers);
    joinTotals(merging, key, totals);
  }
  if (!part.slice) return;
  const [modulus, number] = part.slice;
  // Of a slice, whoever is not mentioned is gone.
  for (const key of bucket.counters.keys()) {
    if (!rows.has(key) && hasPresence(key) && sliceOf(key, modulus) === number)
      joinRegisters(merging, key, []);
  }
}

/** What the row tells of regions, and what its silence tells: a causal join, a register at a time. */
function joinRegisters(
  merging: Merge,
  key: string,
  rows: BucketPart['state']['rows'][number][2],
): void {
  const { own, bucket, part, told, before } = merging;
  const said = new Map<string, PresenceRegister>();
  for (const [place, seq, viewers, connections] of rows) {
    const [region, incarnation] = part.state.writers[place] ?? ['', ''];
    if (region !== own) said.set(region, { incarnation, seq, presence: { viewers, connections } });
  }
  bucket.known = joinGSets(bucket.known, new Set(said.keys()));
  const counter = counterIn(bucket, key);
  for (const name of bucket.known) {
    const [theirs, ours] = [said.get(name), counter.registers.get(name as Region)];
    const at = told.get(name);
    if (theirs) {
      // Where nothing is held, what the vector covers is known to be gone.
      const isGone =
        !ours &&
        (coversRegions(before, one(name, theirs)) || isSaidGone(merging, key, name, theirs));
      const joined = joinRegionPresence(counter.registers, writePresence(name as Region, theirs));
      if (isGone || joined.get(name as Region) === ours) continue;
      counter.registers = joined;
      merging.touched.add(key);
    } else if (at) {
      if (ours && compareRegionVersions(ours, at) <= 0 && drop(counter, name))
        merging.touched.add(key);
      if (part.from !== null && !coversRegions(before, one(name, at)))
        bucket.gone.set(key, joinRegionVectors(bucket.gone.get(key) ?? new Map(), one(name, at)));
    }
  }
}

/** Whether who was there as of `at` has been said to be gone, by a row's silence or by that of a slice. */
function isSaidGone(
  { bucket, sliceOf }: Merge,
  key: string,
  name: string,
  at: RegionVersion,
): boolean {
  const isGone = [...bucket.streams.values()].some(
    ({ vector, modulus, next }) =>
      coversRegions(vector, one(name, at)) && sliceOf(key, modulus) < next,
  );
  return isGone || coversRegions(bucket.gone.get(key) ?? new Map(), one(name, at));
}

/** Totals of others, and of own incarnations that have ended. Those of the present one are known best here. */
function joinTotals(
  { own, bucket, part, touched }: Merge,
  key: string,
  rows: BucketPart['state']['rows'][number][3],
): void {
  const counter = counterIn(bucket, key);
  for (const [place, seq, up, down] of rows) {
    const writer = writerOfRow(part.state.writers[place] ?? ['', '']);
    if (writer === writerOfRow([own, bucket.incarnation])) continue;
    const before = counter.totals.get(writer);
    const news = advanceVector(counter.seqs, writer, seq);
    counter.totals = joinCounters(counter.totals, new Map([[writer, { up, down }]]));
    counter.seqs = joinVectors(counter.seqs, news);
    const after = counter.totals.get(writer);
    if (news.size > 0 || before?.up !== after?.up || before?.down !== after?.down) touched.add(key);
  }
}

function joinRecords(merging: Merge): void {
  const { bucket, part } = merging;
  const { operations, voids, writers } = part.state;
  const recordOf = ([id, place, key, amount, seq]: OperationRow): ModelRecord => ({
    ...{ id, writer: writerOfRow(writers[place] ?? ['', '']), amount, key, seq },
  });
  bucket.waitingRecords.push(...operations.map(recordOf));
  bucket.waitingVoids.push(
    ...voids.map(([id, place, key, amount, seq, position, [writer, ofKey, ofSeq]]): ModelVoid => ({
      record: recordOf([id, place, key, amount, seq, position]),
      keeper: recordOf([id, writer, ofKey, amount, ofSeq, 0]),
    })),
  );
  const isCounted = ({ key, writer, seq }: ModelRecord): boolean =>
    writer === writerOfRow([merging.own, bucket.incarnation]) ||
    versionOf(counterIn(bucket, key).seqs, writer) >= seq;
  // A record is known once its increment is counted here.
  for (const record of bucket.waitingRecords.filter(isCounted)) meet(merging, record);
  bucket.waitingRecords = bucket.waitingRecords.filter((record) => !isCounted(record));
  // An amount is taken back once it and its keeper are counted here.
  const isDue = ({ record, keeper }: ModelVoid): boolean => isCounted(record) && isCounted(keeper);
  for (const found of bucket.waitingVoids.filter(isDue)) takeBack(merging, found);
  bucket.waitingVoids = bucket.waitingVoids.filter((found) => !isDue(found));
}

/** Of an id under two writers the least one keeps it, and the other's amount is void. */
function meet({ bucket, touched }: Merge, record: ModelRecord): void {
  const known = bucket.records.get(record.id);
  const [loser] = voidAmounts(known ? [known, record] : [record]).values();
  if (known && !loser) return;
  const isKept = loser?.writer !== record.writer;
  if (isKept) {
    bucket.records.set(record.id, record);
    touched.add(record.key);
  }
  if (known)
    bucket.waitingVoids.push(
      isKept ? { record: known, keeper: record } : { record, keeper: known },
    );
}

function takeBack({ bucket, touched }: Merge, { record, keeper }: ModelVoid): void {
  const name = JSON.stringify([record.id, record.writer]);
  const held = bucket.voids.get(name);
  if (!held || keeper.writer < held.keeper.writer) bucket.voids.set(name, { record, keeper });
  const counter = counterIn(bucket, record.key);
  const joined = joinVoidAmounts(counter.voids, voidAmounts([record, keeper]));
  if (joined.size > counter.voids.size) touched.add(record.key);
  counter.voids = joined;
}

/** Joins what is covered; `missed`: a region that is not pulled from directly is told of from a base that is not covered. */
function joinVector(
  { own, bucket, part }: Merge,
  rows: NonNullable<BucketPart['covers']>,
): { readonly moved: boolean; readonly missed: boolean } {
  let [moved, missed] = [false, false];
  for (const [name, incarnation, seq, baseIncarnation, baseSeq] of rows) {
    const at = { incarnation, seq };
    if (name === own) continue;
    bucket.known = joinGSets(bucket.known, putIntoGSet(bucket.known, name));
    if (coversRegions(bucket.vector, one(name, at))) continue;
    const base = { incarnation: baseIncarnation, seq: baseSeq };
    if (baseIncarnation === '' || coversRegions(bucket.vector, one(name, base))) {
      bucket.vector = joinRegionVectors(bucket.vector, one(name, at));
      if (part.from === null) bucket.bases = new Map([...bucket.bases, [name, at]]);
      moved = true;
    } else if (!bucket.pulled.get(name)?.incarnation) missed = true;
  }
  return { moved, missed };
}

/** What the vector tells by now need not be kept; rows tell more by silence than they did. */
function forgetGone({ bucket, touched }: Merge): void {
  for (const [key, said] of [...bucket.gone]) {
    const left = [...said].filter(([name, at]) => !coversRegions(bucket.vector, one(name, at)));
    if (left.length < said.size) touched.add(key);
    if (left.length > 0) bucket.gone.set(key, new Map(left));
    else bucket.gone.delete(key);
  }
}

/** What is told of these counters; `asker` null: whole state, which leaves nothing out. */
export function tell(
  own: string,
  bucket: ModelBucket,
  keys: readonly string[],
  asker: RegionVector | null,
): BucketPart['state'] {
  const writers: WriterRow[] = [];
  const place = (region: string, incarnation: string): number => {
    const found = writers.findIndex((row) => row[0] === region && row[1] === incarnation);
    return found < 0 ? writers.push([region, incarnation]) - 1 : found;
  };
  const placeOf = (writer: Writer): number => place(regionOf(writer), incarnationOf(writer));
  /** What is covered of an ended incarnation says nothing of it: the region itself may have lost some of it. */
  const isKnown = (region: string, incarnation: string, seq: number): boolean => {
    const at = asker?.get(region);
    return at?.incarnation === incarnation && seq <= at.seq;
  };
  const vector = vectorOf(own, bucket);
  const silenceTells = asker !== null && !coversRegions(asker, bucket.vector);
  const rows = keys.flatMap((key): BucketPart['state']['rows'][number][] => {
    const counter = counterIn(bucket, key);
    const at = {
      incarnation: bucket.incarnation,
      ...(counter.own ?? { seq: bucket.seq, presence: NOBODY }),
    };
    const registers = new Map<string, PresenceRegister>(counter.registers);
    if (!isNobody(at.presence)) registers.set(own, at);
    const totals = [...counter.totals].filter(
      ([writer]) =>
        !isKnown(regionOf(writer), incarnationOf(writer), versionOf(counter.seqs, writer)),
    );
    const isNews = (): boolean =>
      silenceTells ||
      !isKnown(own, at.incarnation, at.seq) ||
      !coversRegions(asker ?? new Map(), new Map(counter.registers));
    if (asker && totals.length === 0 && !(hasPresence(key) && isNews())) return [];
    return [
      [
        ...([key, ''] as const),
        [...registers].map(
          ([region, { incarnation, seq, presence }]) =>
            [
              ...([place(region, incarnation), seq] as const),
              ...([presence.viewers, presence.connections] as const),
            ] as const,
        ),
        totals.map(
          ([writer, { up, down }]) =>
            [placeOf(writer), versionOf(counter.seqs, writer), up, down] as const,
        ),
      ],
    ];
  });
  const rowOf = ({ id, writer, key, amount, seq }: ModelRecord): OperationRow => [
    ...([id, placeOf(writer), key, amount, seq, 0] as const),
  ];
  const operations = [...bucket.records.values()].map(rowOf);
  const voids = [...bucket.voids.values()].map(({ record, keeper }): VoidRow => [
    ...rowOf(record),
    [placeOf(keeper.writer), keeper.key, keeper.seq, 0],
  ]);
  const state = { vector: rowsOf(vector), writers, rows, operations, voids };
  return { ...state, follows: [], histories: [], votes: [] };
}

export function rowsOf(vector: RegionVector): VectorRow[] {
  return [...vector].map(([region, { incarnation, seq }]) => [region, incarnation, seq]);
}

/** What a receiver of everything covers by now, with the base of each entry. */
export function coversOf(own: string, bucket: ModelBucket): CoverRow[] {
  return rowsOf(vectorOf(own, bucket)).map(([region, incarnation, seq]): CoverRow => {
    const base = bucket.bases.get(region) ?? NOWHERE_AT;
    return [region, incarnation, seq, base.incarnation, base.seq];
  });
}
