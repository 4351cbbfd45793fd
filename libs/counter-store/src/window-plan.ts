/**
 * Which slots of time make up a window, and a series (ADR 14). Pure: time is an argument. Where the finest slots that reach far enough
 * fill a longer one, that one is read instead: it has the same sum (W1), so a day is read from a hundred slots and not from 1,441.
 */
import { assert } from '@headcount/crdt';

/** Slots of ten seconds, minutes and hours; slots.lua has them too. */
export type SlotKind = 's' | 'm' | 'h';

/** Lengths of slots in seconds. */
export const SLOT_LENGTHS: Readonly<Record<SlotKind, number>> = { s: 10, m: 60, h: 3600 };

/** How far windows and series reach with slots of each kind, in seconds; kept is more (slots.lua). */
const REACH: readonly (readonly [SlotKind, untilSeconds: number])[] = [
  ['s', 3600],
  ['m', 86_400],
  ['h', 30 * 86_400],
];

/** Slots of one kind, from the first to the last one, counted since 1970. */
export interface SlotRange {
  readonly kind: SlotKind;
  readonly first: number;
  readonly last: number;
}

/** Slots that follow on each other, the earliest first. */
export interface SlotPlan {
  readonly ranges: readonly SlotRange[];
  /** When the first one begins. */
  readonly fromMs: number;
}

/** The present slot and as many whole ones before it as make up a window of 1 s to 30 days. */
export function windowPlan(windowSeconds: number, nowMs: number): SlotPlan {
  const kind = REACH.find(([, untilSeconds]) => windowSeconds <= untilSeconds)?.[0];
  assert(kind !== undefined && windowSeconds > 0, `no window: ${windowSeconds} s`);
  const length = SLOT_LENGTHS[kind];
  const present = Math.floor(nowMs / 1000 / length);
  const first = present - Math.ceil(windowSeconds / length);
  return {
    ranges: rangesOf(kind, first * length, (present + 1) * length),
    fromMs: first * length * 1000,
  };
}

/** The present slot and those before it, `last` together. */
export function seriesPlan(kind: SlotKind, last: number, nowMs: number): SlotPlan {
  const length = SLOT_LENGTHS[kind];
  const present = Math.floor(nowMs / 1000 / length);
  const first = present - last + 1;
  return { ranges: [{ kind, first, last: present }], fromMs: first * length * 1000 };
}

/** From..to in seconds, both bounds of slots of the finest kind, in slots as long as fit. */
function rangesOf(finest: SlotKind, from: number, to: number): SlotRange[] {
  const kinds = REACH.map(([kind]) => kind).reverse();
  const ranges: SlotRange[] = [];
  for (let at = from; at < to;) {
    const kind =
      kinds.find((one) => at % SLOT_LENGTHS[one] === 0 && at + SLOT_LENGTHS[one] <= to) ?? finest;
    const number = at / SLOT_LENGTHS[kind];
    const before = ranges.at(-1);
    if (before?.kind === kind) ranges[ranges.length - 1] = { ...before, last: number };
    else ranges.push({ kind, first: number, last: number });
    at += SLOT_LENGTHS[kind];
  }
  return ranges;
}
