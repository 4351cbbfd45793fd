import { z } from 'zod';
import type { CounterName } from './counter-name.js';
import {
  amountField,
  countField,
  counterNameField,
  incarnationField,
  pageIdField,
  regionsField,
} from './fields.js';
import type { PageId } from './page-id.js';

/** What a counter shows, and the version that says which of two values is the later one. */
export interface CounterValue {
  readonly pageId: PageId;
  readonly name: CounterName;
  readonly count: number;
  readonly connections: number;
  /** Milliseconds since 1970, to be shown only; null: never changed, or no longer known. */
  readonly updatedAtMs: number | null;
  /** '' where the bucket has none yet. */
  readonly incarnation: string;
  readonly rev: number;
  /** Regions whose viewers are not counted, as they have not been heard of for too long; by name. */
  readonly staleRegions: readonly string[];
}

/**
 * A value on the wire: an array, for a push carries thousands and names would be half of its bytes.
 */
export const valueField = z
  .tuple([
    pageIdField,
    counterNameField,
    amountField,
    countField,
    countField.nullable(),
    incarnationField,
    countField,
    regionsField,
  ])
  .readonly();

/** `[pageId, name, count, connections, updatedAtMs, incarnation, rev, staleRegions]` */
export type WireValue = z.infer<typeof valueField>;

/** The value as it goes onto the wire. */
export function encodeValue(value: CounterValue): WireValue {
  const { pageId, name, count, connections, updatedAtMs, incarnation, rev, staleRegions } = value;
  return [pageId, name, count, connections, updatedAtMs, incarnation, rev, staleRegions];
}

/** The value that a message carried. The message's schema has checked it. */
export function decodeValue(wire: WireValue): CounterValue {
  const [pageId, name, count, connections, updatedAtMs, incarnation, rev, staleRegions] = wire;
  return { pageId, name, count, connections, updatedAtMs, incarnation, rev, staleRegions };
}
