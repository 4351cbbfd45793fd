/**
 * What notification does with a request, over the real stores: follows, modifications and what is unread of them. It says
 * more than notification does, so that whoever checks knows what a change was made from.
 */
import {
  NOTHING_COVERED,
  type Modification,
  type VersionVector,
  type Writer,
} from '@headcount/crdt';
import {
  RedisFollowStore,
  RedisHistoryStore,
  RedisModificationStore,
  type FollowChange,
  type FollowOutcome,
  type IncrementBatcher,
  type StoreContext,
} from '@headcount/counter-store';
import {
  MODIFICATIONS,
  err,
  ok,
  unreadOf,
  type ErrorCode,
  type OperationId,
  type PageId,
  type Result,
  type ViewerId,
} from '@headcount/protocol';

/** Writers and positions, as they go over the wire. */
export type WireVector = readonly (readonly [Writer, number])[];

export interface ModifyRequest {
  readonly pageId: PageId;
  readonly eventId: OperationId;
  readonly actor: ViewerId | null;
}

/** Which modification the event is, and what became of the actor's mark. */
export interface Modified {
  readonly place: Modification | null;
  readonly marked: FollowOutcome | null;
}

/** One change of a follow; `read` of a mark alone. */
export interface FollowRequest {
  readonly userId: ViewerId;
  readonly pageId: PageId;
  readonly kind: 'follow' | 'unfollow' | 'mark';
  readonly read: WireVector;
}

/** What became of it, and what a follow has begun with. */
export interface FollowAnswered {
  readonly outcome: FollowOutcome;
  readonly made: WireVector;
}

export interface UnreadRequest {
  readonly userId: ViewerId;
}

/** Of each page that is followed: how much is unread, what was made by then, and which events its history tells of. */
export interface UnreadAnswered {
  readonly pages: readonly (readonly [
    PageId,
    count: number,
    made: WireVector,
    events: readonly string[],
  ])[];
}

export const MODIFY_PATH = '/modify';
export const FOLLOW_PATH = '/follow';
export const UNREAD_PATH = '/unread';

const FOLLOWS_MAX = 1000;
/** More than there are events, so that nothing is too old or too much. */
const HISTORY = { lengthMax: 500, ageMsMax: 86_400_000 };

export class Notifier {
  private readonly follows: RedisFollowStore;
  private readonly modifications: RedisModificationStore;
  private readonly history: RedisHistoryStore;

  constructor(
    private readonly context: StoreContext,
    private readonly batcher: IncrementBatcher,
    options: { readonly buckets: number; readonly home: string },
  ) {
    this.follows = new RedisFollowStore(context, { ...options, followsMax: FOLLOWS_MAX });
    this.modifications = new RedisModificationStore(context, options);
    this.history = new RedisHistoryStore(context, { ...options, ...HISTORY });
  }

  /** The answer, or null where the path is not one of these. */
  serve(path: string, body: unknown): Promise<Result<unknown, ErrorCode>> | null {
    if (path === MODIFY_PATH) return this.modify(body as ModifyRequest);
    if (path === FOLLOW_PATH) return this.change(body as FollowRequest);
    if (path === UNREAD_PATH) return this.unread(body as UnreadRequest);
    return null;
  }

  private async modify(request: ModifyRequest): Promise<Result<Modified, ErrorCode>> {
    const { pageId, eventId, actor } = request;
    const added = await this.batcher.add({
      ...{ pageId, name: MODIFICATIONS, amount: 1, operationId: eventId },
    });
    if (!added.ok) return err(added.error);
    return orUnknown(async () => {
      const entry = { eventId, atMs: this.context.sources.nowMs() };
      await this.history.add(pageId, { ...entry, title: null, url: null, actor });
      const place = await this.modifications.placeOf(pageId, eventId);
      if (actor === null || place === null) return { place, marked: null };
      const read = new Map([[place.writer, place.position]]);
      const [marked] = await this.follows.change(actor, [{ kind: 'mark', pageId, read }]);
      return { place, marked: marked ?? null };
    });
  }

  private change(request: FollowRequest): Promise<Result<FollowAnswered, ErrorCode>> {
    return orUnknown(async () => {
      const { userId, pageId, kind } = request;
      const made = kind === 'follow' ? await this.madeOf(pageId) : NOTHING_COVERED;
      const change: FollowChange =
        kind === 'follow'
          ? { kind, pageId, made }
          : kind === 'mark'
            ? { kind, pageId, read: new Map(request.read) }
            : { kind, pageId };
      const [outcome] = await this.follows.change(userId, [change]);
      if (outcome === undefined) throw new Error('a change has an outcome');
      return { outcome, made: [...made] };
    });
  }

  private async unread({ userId }: UnreadRequest): Promise<Result<UnreadAnswered, ErrorCode>> {
    const follows = await this.follows.all(userId);
    const asks = [...follows].map(([pageId, { marks }]) => ({ pageId, after: marks }));
    const read = await this.modifications.read(asks);
    const byPage = new Map(asks.map(({ pageId }, at) => [pageId, read[at]]));
    const value = unreadOf(follows, (pageId) => byPage.get(pageId), 0);
    const counts = new Map(value.pages.map(({ pageId, count }) => [pageId, count]));
    const pages = [...follows.keys()].map(async (pageId) => {
      const told = (await this.history.of(pageId)).map(({ eventId }) => eventId);
      const made = byPage.get(pageId)?.made ?? NOTHING_COVERED;
      return [pageId, counts.get(pageId) ?? 0, [...made], told.sort()] as const;
    });
    return ok({ pages: await Promise.all(pages) });
  }

  private async madeOf(pageId: PageId): Promise<VersionVector> {
    const [modified] = await this.modifications.read([{ pageId, after: NOTHING_COVERED }]);
    return modified?.made ?? NOTHING_COVERED;
  }
}

async function orUnknown<T>(write: () => Promise<T>): Promise<Result<T, 'OUTCOME_UNKNOWN'>> {
  try {
    return ok(await write());
  } catch {
    return err('OUTCOME_UNKNOWN');
  }
}
