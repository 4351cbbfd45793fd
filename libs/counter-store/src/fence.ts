/** What every writing script is told, so that it can find out whether its Redis has forgotten something. */
import { NOWHERE, incarnationAt, laterPosition, type Position } from '@headcount/crdt';

/** Time and randomness of the caller; informational but for the order of incarnations. */
export interface FenceSources {
  readonly nowMs: () => number;
  /** 8 hex digits, new at each call. */
  readonly randomHex: () => string;
}

/** What the fence needs to know of its caller. */
export interface FencedContext {
  readonly sources: FenceSources;
  readonly seen: SeenPositions;
  /** Name of this region where it has peers, else '': then nothing that a bucket writes leaves it. */
  readonly region: string;
}

/** The highest position that this process has seen of each bucket, from anyone (DESIGN.md §5). */
export class SeenPositions {
  private readonly positions = new Map<number, Position>();

  /** Remembers `position` if it is later than what was seen of `bucket` before. */
  note(bucket: number, position: Position): void {
    this.positions.set(bucket, laterPosition(this.of(bucket), position));
  }

  /** The highest seen of `bucket`. */
  of(bucket: number): Position {
    return this.positions.get(bucket) ?? NOWHERE;
  }
}

/** The first five arguments of every writing script. */
export function fenceArgs(
  { seen, sources: { nowMs, randomHex }, region }: FencedContext,
  bucket: number,
): (string | number)[] {
  const { incarnation, seq, rev } = seen.of(bucket);
  return [incarnationAt(nowMs(), randomHex()), incarnation, seq, rev, region];
}
