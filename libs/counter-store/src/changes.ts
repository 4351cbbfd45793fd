/** What a bucket publishes with every visible change (docs/protocol.md §7). */
import { assert } from '@headcount/crdt';
import { integer, rowsFrom, type CounterRow } from './scripts/replies.js';

/** The changes (fromRev, toRev] of a bucket in one incarnation. No rows: the incarnation has begun, or only follows changed. */
export interface BucketChanges {
  readonly bucket: number;
  readonly incarnation: string;
  readonly fromRev: number;
  readonly toRev: number;
  readonly rows: readonly CounterRow[];
  /** Users whose follows changed, named as shortName does it. */
  readonly followers: readonly string[];
}

const CHANNEL = /^hc:\{(\d+)\}:changes$/;

const HEAD = /^\["([0-9a-f]*)","\d+","(\d+)"/;

/** Where a bucket stands after a publication, without its rows. Throws on one that no script of ours has made. */
export function decodeHead(
  channel: string,
  message: string,
): { readonly bucket: number; readonly incarnation: string; readonly rev: number } {
  const [, bucket] = CHANNEL.exec(channel) ?? [];
  const [, incarnation, rev] = HEAD.exec(message) ?? [];
  assert(bucket && incarnation && rev, `no publication of a bucket: ${channel}`);
  return { bucket: Number(bucket), incarnation, rev: integer(rev) };
}

/** Decodes a publication. Throws on one that no script of ours has made. */
export function decodeChanges(channel: string, message: string): BucketChanges {
  const [, bucket] = CHANNEL.exec(channel) ?? [];
  const published: unknown = JSON.parse(message);
  assert(
    bucket !== undefined && Array.isArray(published),
    `no publication of a bucket: ${channel}`,
  );
  const [incarnation, fromRev, toRev, rows, followers] = published as [
    ...[incarnation: string, fromRev: string, toRev: string, rows: string[]],
    followers?: string[],
  ];
  return {
    bucket: Number(bucket),
    incarnation,
    fromRev: integer(fromRev),
    toRev: integer(toRev),
    rows: rowsFrom(rows, 0),
    followers: followers ?? [],
  };
}
