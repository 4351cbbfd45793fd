/** Who has voted on which counter, and for what. Votes lie in the bucket of their page (ADR 13). */
import type { Position } from '@headcount/crdt';
import { bucketOf, type CounterName, type PageId, type ViewerId } from '@headcount/protocol';
import { fenceArgs } from './fence.js';
import { choicesKey, counterKey, indexKey, metaKey, namesKey, shortName } from './keys.js';
import type { NewRefusal } from './scripts/counters-add.js';
import { votesChange, type VoteChanged } from './scripts/votes-change.js';
import { votesRead, type VoteView } from './scripts/votes-read.js';
import { newRefusal, scriptNow, trendedArg, type StoreContext } from './store-context.js';

/** A voter and what it votes on. */
export interface VoteAsk {
  readonly pageId: PageId;
  readonly name: CounterName;
  readonly voter: ViewerId;
}

/** What a voter wishes; each may be repeated. */
export interface VoteChange extends VoteAsk {
  /** `choice` '': there is nothing to choose from. */
  readonly wish: { readonly choice: string } | 'take back';
  /** What is answered where a counter would be new; default: it is made. */
  readonly ifNew?: NewRefusal | null;
}

/** As of which position of the bucket something was read. */
export interface VotedAt {
  readonly position: Position;
  readonly staleRegions: readonly string[];
}

/** Port of the votes. Both methods reject with ioredis' errors while Redis is away. */
export interface VoteStore {
  /** Makes the changes one after the other, and resolves when they are durable; all are of pages of one bucket. */
  change(
    bucket: number,
    changes: readonly VoteChange[],
  ): Promise<VotedAt & { readonly changed: readonly VoteChanged[] }>;
  /** The vote of one voter, and what its counter shows. */
  read(ask: VoteAsk): Promise<VotedAt & VoteView>;
}

/** The counter of a choice: `name:choice`; where there is none to make, `name`. */
export function choiceName(name: CounterName, choice: string): CounterName {
  return (choice === '' ? name : `${name}:${choice}`) as CounterName;
}

/** The votes on Redis. */
export class RedisVoteStore implements VoteStore {
  constructor(
    private readonly context: StoreContext,
    private readonly options: { readonly buckets: number },
  ) {}

  async change(bucket: number, changes: readonly VoteChange[]) {
    const { redis, seen, durability } = this.context;
    const { replid, ...made } = await votesChange.run(
      redis,
      [metaKey(bucket), indexKey(bucket), namesKey(bucket), choicesKey(bucket)],
      [
        ...fenceArgs(this.context, bucket),
        scriptNow(this.context),
        trendedArg(this.context),
        ...changes.flatMap((change) => [...argsOf(change), newRefusal(this.context, change.ifNew)]),
      ],
    );
    seen.note(bucket, made.position);
    await durability.reached(replid);
    return made;
  }

  async read({ pageId, name, voter }: VoteAsk): Promise<VotedAt & VoteView> {
    const bucket = bucketOf(pageId, this.options.buckets);
    const { votes, ...at } = await votesRead.run(
      this.context.redis,
      [metaKey(bucket)],
      [counterKey(pageId, name).key, shortName(voter).key],
    );
    const [read] = votes;
    if (!read) throw new Error('a vote that was asked for is answered');
    return { ...at, ...read };
  }
}

function argsOf({ pageId, name, voter, wish }: VoteChange): string[] {
  const { key, fullName } = counterKey(pageId, name);
  const who = [key, fullName, shortName(voter).key];
  if (wish === 'take back') return ['unvote', ...who, '', '', ''];
  const { choice } = wish;
  if (choice === '') return ['vote', ...who, '', '', ''];
  const chosen = counterKey(pageId, choiceName(name, choice));
  return ['vote', ...who, choice, chosen.key, chosen.fullName];
}
