/** Decoding of what several scripts answer. A malformed reply is a broken contract, so it throws. */
import { assert, type Position } from '@headcount/crdt';

/** What one counter shows, in parts that a reader adds up. `updatedAtMs` null: never changed, or no longer known. */
export interface CounterView {
  readonly viewers: number;
  readonly connections: number;
  /** ±2^53 where the sum over all writers passes the bound. */
  readonly durable: number;
  readonly updatedAtMs: number | null;
}

/** A counter's view at a rev of its bucket. */
export interface CounterRow {
  readonly key: string;
  readonly view: CounterView;
  readonly rev: number;
}

/** Fields of a view in a reply. */
export const VIEW_FIELDS = 4;

/** An integer that a script wrote as text. */
export function integer(text: string | undefined): number {
  const number = Number(text);
  assert(text !== undefined && text !== '' && Number.isSafeInteger(number), `no integer: ${text}`);
  return number;
}

/** The position that starts at `at` in a reply. */
export function positionAt(reply: readonly string[], at: number): Position {
  const [incarnation, seq, rev] = reply.slice(at, at + 3);
  assert(incarnation !== undefined, 'a position has an incarnation');
  return { incarnation, seq: integer(seq), rev: integer(rev) };
}

/** A total, which may pass the bound of safe integers. */
function sum(text: string | undefined): number {
  const number = Number(text);
  assert(text !== undefined && text !== '' && Number.isInteger(number), `no total: ${text}`);
  return number;
}

/** The names in a list of stale regions, `number:name,` each. */
export function staleAt(reply: readonly string[], at: number): readonly string[] {
  const named = [...(reply[at] ?? '').matchAll(/:([^,]*),/g)];
  return named.map(([, name = '']) => name);
}

/** The view whose four fields start at `at`. */
export function viewAt(reply: readonly string[], at: number): CounterView {
  const [viewers, connections, durable, updated] = reply.slice(at, at + VIEW_FIELDS);
  const seconds = integer(updated);
  return {
    viewers: integer(viewers),
    connections: integer(connections),
    durable: sum(durable),
    updatedAtMs: seconds === 0 ? null : seconds * 1000,
  };
}

/** Rows of (key, view, rev) that fill a reply from `at` to its end. */
export function rowsFrom(reply: readonly string[], at: number): CounterRow[] {
  const rows: CounterRow[] = [];
  for (let place = at; place < reply.length; place += VIEW_FIELDS + 2) {
    const key = reply[place];
    assert(key !== undefined, 'a row has a key');
    rows.push({
      key,
      view: viewAt(reply, place + 1),
      rev: integer(reply[place + VIEW_FIELDS + 1]),
    });
  }
  return rows;
}

/** What a durable counter shows, by its full name. */
export interface DurableRow {
  readonly pageId: string;
  readonly name: string;
  /** ±2^53 where the sum over all writers passes the bound. */
  readonly total: number;
  readonly updatedAtMs: number | null;
}

/** Rows of (full name, total, updated) that fill a reply from `at` to its end. */
export function durableRowsFrom(reply: readonly string[], at: number): DurableRow[] {
  const rows: DurableRow[] = [];
  for (let place = at; place < reply.length; place += 3) {
    const [fullName = '', total, updated] = reply.slice(place, place + 3);
    // No name has a space in it.
    const space = fullName.lastIndexOf(' ');
    assert(space > 0, `no counter: ${fullName}`);
    const seconds = integer(updated);
    rows.push({
      pageId: fullName.slice(0, space),
      name: fullName.slice(space + 1),
      total: sum(total),
      updatedAtMs: seconds === 0 ? null : seconds * 1000,
    });
  }
  return rows;
}
