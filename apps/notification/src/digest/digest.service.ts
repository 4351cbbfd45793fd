import { Inject, Injectable } from '@nestjs/common';
import type { FollowerPlace, QuietFollower } from '@headcount/counter-store';
import {
  CONFIG,
  available,
  currentRequest,
  decodePlace,
  encodePlace,
  firstOf,
  type Connection,
  type PartArgs,
  type Subject,
} from '@headcount/platform';
import { HeadcountError, type UnreadValue, type ViewerId } from '@headcount/protocol';
import type { NotificationConfig } from '../settings.js';
import { callsOfRequest, unreadCalls } from '../store/call-costs.js';
import { STORE, type Store } from '../store/store.js';
import { USERS_AT_ONCE, UnreadService } from '../unread/unread.service.js';

/** A user who was not here, and what is unread. */
export interface DigestValue {
  readonly userId: ViewerId;
  readonly unread: UnreadValue;
}

/** Most users whose unread is computed for one part: a part with fewer entries than asked for need not be the last. */
const EXAMINED_MAX = 500;

/** Who has something unread and was not here, user by user in an order that stays. */
@Injectable()
export class DigestService {
  /** Users whose unread is computed at the same time, so that they take no more than half of a request's store calls. */
  private readonly atOnce: number;

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(UnreadService) private readonly unread: UnreadService,
    @Inject(CONFIG) config: NotificationConfig,
  ) {
    const calls = unreadCalls(config, USERS_AT_ONCE);
    this.atOnce = 2 * calls <= callsOfRequest(config) ? USERS_AT_ONCE : 1;
  }

  /** A part of them. Throws HeadcountError BAD_REQUEST for a cursor that is none, STORE_UNAVAILABLE. */
  async of(
    caller: Subject,
    sinceMs: number,
    { first, after }: PartArgs,
  ): Promise<Connection<DigestValue>> {
    const wanted = firstOf(first);
    const start = after === null || after === undefined ? BEGINNING : placeOf(after);
    const edges: { readonly cursor: string; readonly node: DigestValue }[] = [];
    let [at, examined]: [FollowerPlace | null, number] = [start, 0];
    while (at !== null && edges.length < wanted && examined < EXAMINED_MAX) {
      if (at !== start && isHalfUsed()) return part(edges, start, at);
      const { users, next }: Awaited<ReturnType<Store['followers']['quiet']>> = await available(
        this.store.followers.quiet(at, sinceMs),
      );
      for (let begin = 0; begin < users.length; begin += this.atOnce) {
        const before = users[begin - 1]?.place;
        if (before !== undefined && isHalfUsed()) return part(edges, start, before);
        const some = users.slice(begin, begin + this.atOnce);
        const values = await Promise.all(some.map((user) => this.valueOf(caller, user)));
        for (const [place, node] of values.entries()) {
          const user = some[place];
          if (!user) continue;
          examined += 1;
          if (node.unread.total > 0) edges.push({ cursor: cursorOf(user.place), node });
          if (edges.length >= wanted || examined >= EXAMINED_MAX) {
            return part(edges, start, user.place);
          }
        }
      }
      at = next;
    }
    return part(edges, start, at);
  }

  private async valueOf({ grants }: Subject, { userId }: QuietFollower): Promise<DigestValue> {
    const user = { id: userId, isSelf: false, mayView: grants.mayView.bind(grants) };
    return { userId, unread: await this.unread.of(user) };
  }
}

/** Then the part ends: what is shown of its users is still to be read. */
const isHalfUsed = (): boolean => currentRequest()?.isHalfUsed ?? false;

const BEGINNING: FollowerPlace = { bucket: 0, user: '' };

/** `end` null: nobody is left. The last cursor is that of whoever was looked at last, entry or not. */
function part(
  edges: Connection<DigestValue>['edges'],
  start: FollowerPlace,
  end: FollowerPlace | null,
): Connection<DigestValue> {
  return {
    edges,
    pageInfo: {
      hasNextPage: end !== null,
      hasPreviousPage: start !== BEGINNING,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: end === null ? (edges[edges.length - 1]?.cursor ?? null) : cursorOf(end),
    },
  };
}

const cursorOf = ({ bucket, user }: FollowerPlace): string => encodePlace({ at: bucket, id: user });

function placeOf(cursor: string): FollowerPlace {
  const { at: bucket, id: user } = decodePlace(cursor);
  if (Number.isSafeInteger(bucket) && bucket >= 0) return { bucket, user };
  throw new HeadcountError('BAD_REQUEST', 'after is not a cursor of this list');
}
