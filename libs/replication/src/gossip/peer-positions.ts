/** How far a peer's buckets have come and how far each is pulled: what there is to ask for. */
import { compareRev, type RevVersion } from '@headcount/crdt';
import type { BucketAsk, BucketPart } from '@headcount/counter-store';
import { BODY_BYTES_MAX, PULL_ASKS_MAX } from '@headcount/protocol';
import type { BucketPosition } from './change-clock.js';
import type { Standings } from './standings.js';

/** Of one request: with many regions the vectors and cursors of its asks could pass what a body may have. */
const ASKS_BYTES_MAX = BODY_BYTES_MAX / 2;

export class PeerPositions {
  /** In the order in which they are asked for: a bucket of which a part was taken is put to the end. */
  private readonly theirs = new Map<number, RevVersion>();
  /** Buckets whose whole state is under way, and where it goes on. */
  private readonly cursors = new Map<number, string>();
  /** The own incarnation of a bucket under which it was asked for last. */
  private readonly under = new Map<number, string>();

  constructor(
    private readonly peer: string,
    private readonly standings: Standings,
  ) {}

  /** What a digest told. */
  note(positions: readonly BucketPosition[]): void {
    for (const [bucket, incarnation, rev] of positions)
      this.theirs.set(bucket, { incarnation, rev });
  }

  /** Whether the peer has something of this bucket that is not here. */
  isBehind(bucket: number): boolean {
    const [theirs, standing] = [this.theirs.get(bucket), this.standings.get(bucket)];
    // Before the own Redis has said what is pulled, there is nothing to compare with.
    if (!theirs || !standing) return false;
    const pulled = standing.pulled.get(this.peer);
    if (pulled) return compareRev(theirs, pulled) > 0;
    // Nothing has ever been in it, unless it is known here through others: then it has been lost there.
    return theirs.rev > 0 || standing.vector.some(([region]) => region === this.peer);
  }

  /** The buckets that are behind, of those that `owns` names. Cost O(buckets of the peer). */
  behind(owns: (bucket: number) => boolean): number[] {
    return [...this.theirs.keys()].filter((bucket) => this.isBehind(bucket) && owns(bucket));
  }

  /** What to ask for next: up to PULL_ASKS_MAX buckets that are behind, and no more than fits into one request. */
  asks(owns: (bucket: number) => boolean): BucketAsk[] {
    const asks: BucketAsk[] = [];
    let bytes = 0;
    for (const bucket of this.behind(owns).slice(0, PULL_ASKS_MAX)) {
      const ask = this.askFor(bucket);
      bytes += JSON.stringify(ask).length;
      if (bytes > ASKS_BYTES_MAX) break;
      asks.push(ask);
    }
    return asks;
  }

  private askFor(bucket: number): BucketAsk {
    const standing = this.standings.get(bucket);
    const { incarnation, rev } = standing?.pulled.get(this.peer) ?? { incarnation: '', rev: 0 };
    const own = standing?.position.incarnation ?? '';
    // What came before under another incarnation may be forgotten, so whole state begins again.
    if (this.under.get(bucket) !== own) this.restart(bucket);
    this.under.set(bucket, own);
    const cursor = this.cursors.get(bucket) ?? null;
    return { bucket, incarnation, rev, vector: standing?.vector ?? [], cursor };
  }

  /** Under which own incarnation the bucket was asked for: what its vector claimed holds under no other. */
  askedUnder(bucket: number): string {
    return this.under.get(bucket) ?? '';
  }

  /** A part was taken: whole state goes on where it says. */
  taken({ bucket, cursor }: BucketPart): void {
    if (cursor === null) this.cursors.delete(bucket);
    else this.cursors.set(bucket, cursor);
    // Else buckets that change all the time would be asked for again and again, and the last ones never.
    const theirs = this.theirs.get(bucket);
    if (theirs && this.theirs.delete(bucket)) this.theirs.set(bucket, theirs);
  }

  /** The bucket begins again with what the own Redis says is pulled. */
  restart(bucket: number): void {
    this.cursors.delete(bucket);
  }
}
