/**
 * What the sockets of this gateway want to be told of, and what the home has been told of that: counters, the modifications of
 * pages, and users, of whose changed follows it is told.
 *
 * N1  see WantedSet.
 * N2  one request is under way at a time, so the home hears of adds and drops in their order.
 * N3  once a request has failed nothing is known of what the home holds of it; what it said is said
 *     again.
 */
import {
  BODY_BYTES_MAX,
  INTEREST_COUNTERS_MAX,
  INTEREST_PAGES_MAX,
  INTEREST_USERS_MAX,
  type InterestRequest,
  type PageId,
  type ViewerId,
  type WireCounter,
} from '@headcount/protocol';
import { counterKey, type CounterId, type CounterKey } from './counter-key.js';
import { WantedSet } from './wanted-set.js';

/** Bytes of a row in a request beside its texts; a number may be one of them. */
const ROW_BYTES = 8;
const NUMBER_BYTES = 16;

/** Bytes of a request beside its rows, with room to spare. */
const REQUEST_BYTES = 200;

/** A page whose modifications are wanted, with the pairs above that position; null: only how many there are. */
export interface PageInterest {
  readonly pageId: PageId;
  readonly pairsAbove: number | null;
}

/** Bytes of a text in JSON, where a sign may be escaped. */
const textBytes = (text: string): number => Buffer.byteLength(JSON.stringify(text));

export class InterestBook {
  readonly counters = new WantedSet<CounterKey, CounterId>({
    keyOf: counterKey,
    bytesOf: (counter) => Buffer.byteLength(counterKey(counter)) + ROW_BYTES,
    itemsMax: INTEREST_COUNTERS_MAX,
  });
  readonly pages = new WantedSet<PageId, PageInterest>({
    keyOf: ({ pageId }) => pageId,
    bytesOf: ({ pageId }) => textBytes(pageId) + NUMBER_BYTES + ROW_BYTES,
    itemsMax: INTEREST_PAGES_MAX,
  });
  readonly users = new WantedSet<ViewerId, ViewerId>({
    keyOf: (userId) => userId,
    bytesOf: (userId) => textBytes(userId) + 1,
    itemsMax: INTEREST_USERS_MAX,
  });
  private whole = true;
  private underWay: InterestRequest | null = null;

  /** When the next grace ends, of whatever kind; null where none runs. */
  get nextEndMs(): number | null {
    const ends = [this.counters, this.pages, this.users].flatMap(
      ({ nextEndMs }) => nextEndMs ?? [],
    );
    return ends.length === 0 ? null : Math.min(...ends);
  }

  /** The home holds nothing of ours, or not all: the next request tells it everything. */
  restate(): void {
    this.whole = true;
  }

  /**
   * The next request, or null where there is nothing to tell or one is under way. The caller sends
   * it and then says whether it has `succeeded` or `failed`. Cost O(what it tells).
   */
  takeRequest(): InterestRequest | null {
    if (this.underWay !== null) return null;
    const kinds = [this.counters, this.users, this.pages];
    if (!this.whole && !kinds.some(({ isPending }) => isPending)) return null;
    const { whole } = this;
    if (whole) for (const kind of kinds) kind.restate();
    this.whole = false;
    const room = { bytes: BODY_BYTES_MAX - REQUEST_BYTES };
    const counters = this.counters.take(room);
    const users = this.users.take(room);
    const pages = this.pages.take(room);
    this.underWay = {
      whole,
      add: counters.add.map(wireOf),
      drop: counters.drop.map(wireOf),
      ...(isSaying(users) && { users }),
      ...(isSaying(pages) && {
        pages: {
          add: pages.add.map(({ pageId, pairsAbove }) => [pageId, pairsAbove] as const),
          drop: pages.drop.map(({ pageId }) => pageId),
        },
      }),
    };
    return this.underWay;
  }

  /** The home has taken the request under way. */
  succeeded(): void {
    this.underWay = null;
  }

  /**
   * Whether the home has taken the request under way is not known, so it is told once more (N3).
   */
  failed(): void {
    if (this.underWay === null) return;
    const { whole, add, drop, users, pages } = this.underWay;
    this.underWay = null;
    if (whole) this.whole = true;
    this.counters.putBack(add.map(counterOf), drop.map(counterOf));
    if (users) this.users.putBack(users.add, users.drop);
    if (!pages) return;
    const named = (pageId: PageId): PageInterest => ({ pageId, pairsAbove: null });
    this.pages.putBack(
      pages.add.map(([pageId]) => named(pageId)),
      pages.drop.map(named),
    );
  }
}

const isSaying = ({ add, drop }: { add: readonly unknown[]; drop: readonly unknown[] }): boolean =>
  add.length > 0 || drop.length > 0;

const counterOf = ([pageId, name]: WireCounter): CounterId => ({ pageId, name });
const wireOf = ({ pageId, name }: CounterId): WireCounter => [pageId, name];
