/** What a gateway is answered of users' follows: as much as there is room for. */
import { createHash } from 'node:crypto';
import type { Follow } from '@headcount/crdt';
import {
  wireFollow,
  type FollowsRequest,
  type PageId,
  type ViewerId,
  type WireFollow,
  type WireFollowsPart,
} from '@headcount/protocol';

/** Bytes of the parts of an answer, of those texts alone that may be long. */
export const PARTS_BYTES = 524_288;

type Ask = FollowsRequest['asks'][number];

/** Fills parts until there is no room. */
export class FollowsParts {
  readonly parts: WireFollowsPart[] = [];
  private left: number;

  constructor(bytes = PARTS_BYTES) {
    this.left = bytes;
  }

  /** Whether no more fits in. */
  get isFull(): boolean {
    return this.left <= 0;
  }

  /** Adds the answer for one user, or the beginning of it. */
  add([userId, tag, after]: Ask, follows: ReadonlyMap<PageId, Follow>): void {
    const rows = rowsOf(follows);
    const texts = rows.map((row) => JSON.stringify(row));
    const held = tagOf(texts);
    if (after === null && tag === held) return this.put([userId, held, null, null]);
    const begin = after === null ? 0 : rows.findIndex(([pageId]) => pageId > after);
    const part: WireFollow[] = [];
    let at = begin < 0 ? rows.length : begin;
    for (; at < rows.length && (part.length === 0 || !this.isFull); at += 1) {
      part.push(rows[at] as WireFollow);
      this.left -= Buffer.byteLength(texts[at] ?? '');
    }
    const last = part[part.length - 1];
    this.put([userId, held, part, at < rows.length && last ? last[0] : null]);
  }

  private put(part: WireFollowsPart): void {
    this.parts.push(part);
    this.left -= userBytes(part[0]);
  }
}

const userBytes = (userId: ViewerId): number => Buffer.byteLength(userId) + 40;

/** In the order of the pages, so that a part can go on where the one before has ended. */
function rowsOf(follows: ReadonlyMap<PageId, Follow>): WireFollow[] {
  const rows = [...follows].map(([pageId, follow]) => wireFollow(pageId, follow));
  return rows.sort(([left], [right]) => (left < right ? -1 : 1));
}

/** Follows that are equal have the same tag. */
function tagOf(texts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\n');
  return hash.digest('base64url').slice(0, 22);
}
