/**
 * A page that users of this gateway follow: its modifications, held once however many follow it.
 *
 * K2      a value is replaced only by one of a higher (incarnation, rev).
 * K3      pairs are held above a position; those below it that matter to somebody are asked for.
 */
import { isMuted, isNews, pairsMatterAbove, type Follow, type RevVersion } from '@headcount/crdt';
import type { PageId, PageModifications, PageModificationsValue } from '@headcount/protocol';

export class FollowedPage<U> {
  readonly followers = new Set<U>();
  /** What unread is computed from; undefined: not known yet. */
  modified: PageModifications | undefined;
  /** Above which position pairs are to be asked for; Infinity: none are. */
  wantedAbove = Infinity;
  private version: RevVersion | undefined;
  private pairCount = 0;
  /** The pairs above it are held. */
  private heldAbove = Infinity;

  constructor(readonly id: PageId) {}

  /** Takes what is told of the page; whether it is news. */
  take(value: PageModificationsValue): boolean {
    const { incarnation, rev, made, modifiedAtMs, pairCount, told } = value;
    if (!isNews(this.version, value) && !this.saysMore(value)) {
      // What was asked for has been overtaken, so it is asked for anew.
      if (told && told.above < this.heldAbove) this.want(told.above);
      return false;
    }
    // Another life of the bucket may have as many, and others.
    const isSameLife = incarnation === this.version?.incarnation;
    const keeps = told === null && isSameLife && pairCount === this.pairCount;
    const held = keeps ? (this.modified?.pairs ?? []) : [];
    if (!keeps) this.heldAbove = told?.above ?? Infinity;
    this.version = { incarnation, rev };
    this.pairCount = pairCount;
    this.modified = { made, modifiedAtMs, pairs: told?.pairs ?? held };
    return true;
  }

  /** Whether all is known that is needed to say what is unread of a follow; what is not is wanted from now on. */
  isEnough(follow: Follow, nowMs: number): boolean {
    if (this.modified === undefined) return false;
    if (this.pairCount === 0 || isMuted(follow, nowMs)) return true;
    const above = pairsMatterAbove(this.modified.made, follow.marks);
    if (above === Infinity || above >= this.heldAbove) return true;
    this.want(above);
    return false;
  }

  private want(above: number): void {
    this.wantedAbove = Math.min(this.wantedAbove, above);
  }

  /** Whether a value says more pairs of what is held already. */
  private saysMore({ incarnation, rev, told }: PageModificationsValue): boolean {
    const isSame = this.version?.incarnation === incarnation && this.version.rev === rev;
    return isSame && told !== null && told.above < this.heldAbove;
  }
}
