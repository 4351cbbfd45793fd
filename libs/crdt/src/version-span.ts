/**
 * Version span: the versions after `from` up to `to` of one writer. It says which changes an interval of a feed is
 * about, without the changes, so that a replica can work out what to ask for and what not to send again.
 *
 * Shape   { writer, from, to }, the versions from + 1 .. to.
 * S1      0 <= from < to: a span is never empty; where nothing is meant, there is none.
 */
import { versionOf, type VersionVector } from './version-vector.js';
import type { Writer } from './writer.js';

export interface VersionSpan {
  readonly writer: Writer;
  readonly from: number;
  readonly to: number;
}

/**
 * What `vector` lacks of `other`: one span a writer that `other` covers further, in the order of `other`.
 * A vector has no holes (V2), so one span a writer is enough. Cost O(|other|) writers.
 */
export function lacking(vector: VersionVector, other: VersionVector): readonly VersionSpan[] {
  const spans: VersionSpan[] = [];
  for (const [writer, to] of other) {
    const from = versionOf(vector, writer);
    if (from < to) spans.push({ writer, from, to });
  }
  return spans;
}

/** The versions that lie in both spans, or null where there are none. Cost O(1). */
export function intersection(left: VersionSpan, right: VersionSpan): VersionSpan | null {
  if (left.writer !== right.writer) return null;
  const from = Math.max(left.from, right.from);
  const to = Math.min(left.to, right.to);
  return from < to ? { writer: left.writer, from, to } : null;
}
