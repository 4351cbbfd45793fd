import { createHash } from 'node:crypto';
import { incarnationAt, type VoidPair, type Writer } from '@headcount/crdt';
import {
  encodePageModifications,
  type PageId,
  type ViewerId,
  type WireFollow,
  type WireFollowsPart,
  type WirePageModifications,
} from '@headcount/protocol';

/** Who modifies pages here: a region in its first life. */
export const LOCAL = `local/${'0'.repeat(20)}` as Writer;

interface FakePage {
  readonly made: Map<Writer, number>;
  readonly pairs: VoidPair[];
  rev: number;
  modifiedAtMs: number;
  title: string | null;
}

/** What notification keeps in Redis, in memory: follows with their marks, and modifications. */
export class FakeUnread {
  private readonly follows = new Map<string, Map<string, WireFollow>>();
  private readonly pages = new Map<string, FakePage>();
  private revs = 0;
  private lives = 1;
  /** Most follows that one part tells. */
  partMax = Infinity;

  /** `told`: of the key of each thing that changes, `user <id>` or `page <id>`. */
  constructor(private readonly told: (key: string) => void) {}

  follow(userId: string, pageId: string, marks: WireFollow[2] = [], untilMs = 0): void {
    const held = this.follows.get(userId) ?? new Map<string, WireFollow>();
    this.follows.set(userId, held);
    held.set(pageId, [pageId as PageId, untilMs, marks]);
    this.told(`user ${userId}`);
  }

  unfollow(userId: string, pageId: string): void {
    this.follows.get(userId)?.delete(pageId);
    this.told(`user ${userId}`);
  }

  /** Marks all that was made by now as read, and leaves a mute as it is. */
  read(userId: string, pageId: string): void {
    const [, untilMs = 0] = this.follows.get(userId)?.get(pageId) ?? [];
    this.follow(userId, pageId, [...this.page(pageId).made], untilMs);
  }

  modify(pageId: string, title: string | null = null, writer: Writer = LOCAL): void {
    const page = this.page(pageId);
    page.made.set(writer, (page.made.get(writer) ?? 0) + 1);
    page.modifiedAtMs += 1000;
    page.title = title;
    this.changed(pageId);
  }

  /** Two modifications turn out to be one event. */
  pair(pageId: string, ...pair: VoidPair): void {
    this.page(pageId).pairs.push(pair);
    this.changed(pageId);
  }

  /** Redis has forgotten all modifications, and a new life has begun. */
  forget(): void {
    this.lives += 1;
    this.pages.clear();
  }

  title(pageId: string): string | null {
    return this.page(pageId).title;
  }

  part(userId: ViewerId, tag: string, after: PageId | null): WireFollowsPart {
    const rows = [...(this.follows.get(userId)?.values() ?? [])];
    rows.sort(([left], [right]) => (left < right ? -1 : 1));
    const held = createHash('sha256').update(JSON.stringify(rows)).digest('base64url').slice(0, 22);
    if (after === null && tag === held) return [userId, held, null, null];
    const left = rows.filter(([pageId]) => after === null || pageId > after);
    const part = left.slice(0, this.partMax);
    const last = part.at(-1);
    return [userId, held, part, part.length < left.length && last ? last[0] : null];
  }

  row(pageId: string, pairsAbove: number | null): WirePageModifications {
    const { made, pairs, modifiedAtMs, rev } = this.page(pageId);
    return encodePageModifications({
      ...{ pageId: pageId as PageId, rev, made, modifiedAtMs, pairCount: pairs.length },
      incarnation: incarnationAt(this.lives, '00000000'),
      told: pairsAbove === null ? null : { above: pairsAbove, pairs: pairsOver(pairs, pairsAbove) },
    });
  }

  private page(pageId: string): FakePage {
    const page: FakePage = this.pages.get(pageId) ?? {
      ...{ made: new Map(), pairs: [], rev: this.revs, modifiedAtMs: 0, title: null },
    };
    this.pages.set(pageId, page);
    return page;
  }

  private changed(pageId: string): void {
    this.page(pageId).rev = this.revs += 1;
    this.told(`page ${pageId}`);
  }
}

function pairsOver(pairs: readonly VoidPair[], above: number): readonly VoidPair[] {
  return pairs.filter((pair) => Math.max(...pair.map(({ position }) => position)) > above);
}
