/**
 * What the sockets of this gateway want to be told of, and what the home has been told of that: counters, the modifications of
 * pages, and users, of whose changed follows it is told.
 *
 * N1  see WantedSet.
 * N2  one request is under way at a time, so the home hears of adds and drops in their order.
 * N3  once a request has failed nothing is known of what the home holds of it; what it said is said
 *     again.
 * N4  see WantedSet. Each kind has a share of a request, so that none waits behind another.
 * N5  what a home without room has refused is asked for again after the next sync, and no sooner.
 */
import {
  BODY_BYTES_MAX,
  INTEREST_PAGES_MAX,
  INTEREST_USERS_MAX,
  type InterestRefused,
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

/** Bytes of the rows of a request, of which counters get half, pages and users a quarter. */
const ROWS_BYTES = BODY_BYTES_MAX - REQUEST_BYTES;

/**
 * Most counters that are asked for at a time, which are fewer than may be: they are read while others wait for their turn.
 */
export const ASKED_COUNTERS_MAX = 2000;

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
    itemsMax: ASKED_COUNTERS_MAX,
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
  /** Whether the home has said that it takes no more. */
  private isFull = false;
  private underWay: InterestRequest | null = null;

  /** When the next grace ends, of whatever kind; null where none runs. */
  get nextEndMs(): number | null {
    const ends = [this.counters, this.pages, this.users].flatMap(
      ({ nextEndMs }) => nextEndMs ?? [],
    );
    return ends.length === 0 ? null : Math.min(...ends);
  }

  /** How much the home may hold of all kinds, its drops being on their way. */
  get held(): number {
    return this.counters.held + this.pages.held + this.users.held;
  }

  /** Counters, pages and users that are wanted. */
  get size(): number {
    return this.counters.size + this.pages.size + this.users.size;
  }

  /** A sync has succeeded: the home may have room again (N5). */
  synced(): void {
    this.isFull = false;
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
    const { whole } = this;
    const adds = whole || !this.isFull;
    const kinds = [this.counters, this.users, this.pages];
    if (!whole && !kinds.some((kind) => kind.isPending(adds))) return null;
    if (whole) for (const kind of kinds) kind.restate();
    this.whole = false;
    const counters = this.counters.take({ bytes: ROWS_BYTES / 2, adds });
    const users = this.users.take({ bytes: ROWS_BYTES / 4, adds });
    const pages = this.pages.take({ bytes: ROWS_BYTES / 4, adds });
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

  /** The home has taken the request under way, but for what it says it has no room for. */
  succeeded(refused?: InterestRefused): void {
    const { underWay } = this;
    this.underWay = null;
    if (underWay === null || refused === undefined) return;
    this.isFull = true;
    this.counters.putBack(placed(underWay.add, refused.counters).map(counterOf), []);
    this.users.putBack(placed(underWay.users?.add, refused.users), []);
    this.pages.putBack(placed(underWay.pages?.add, refused.pages).map(pageOf), []);
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
    this.pages.putBack(
      pages.add.map(pageOf),
      pages.drop.map((pageId) => pageOf([pageId])),
    );
  }
}

const isSaying = ({ add, drop }: { add: readonly unknown[]; drop: readonly unknown[] }): boolean =>
  add.length > 0 || drop.length > 0;

/** The items at these places. */
const placed = <T>(list: readonly T[] = [], places: readonly number[]): readonly T[] =>
  places.flatMap((place) => list.slice(place, place + 1));

const pageOf = ([pageId]: readonly [PageId, ...unknown[]]): PageInterest => ({
  pageId,
  pairsAbove: null,
});
const counterOf = ([pageId, name]: WireCounter): CounterId => ({ pageId, name });
const wireOf = ({ pageId, name }: CounterId): WireCounter => [pageId, name];
