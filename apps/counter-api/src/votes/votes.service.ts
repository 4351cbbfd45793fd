import { Inject, Injectable } from '@nestjs/common';
import { hasVoted, type Vote } from '@headcount/crdt';
import {
  VoteBatcher,
  type VoteAsk,
  type VoteChange,
  type VoteView,
  type VotedAt,
} from '@headcount/counter-store';
import { available, CONFIG, demandStoreCall, Metrics, SHARED_TIMERS } from '@headcount/platform';
import { orThrow, type CounterValue, type ViewerId } from '@headcount/protocol';
import { counterOf } from '@headcount/replication';
import type { PermittedVote } from '../counters/change-rights.js';
import type { CounterApiConfig } from '../settings.js';
import { NewCounters } from '../counters/new-counters.js';
import { STORE, type Store } from '../store/store.js';

/** A vote as it is shown, and its counter after it. */
export interface VoteValue {
  readonly voter: ViewerId;
  readonly voted: boolean;
  /** What was chosen; null where nothing was, or there is no vote. */
  readonly choice: string | null;
  /** Whether this request has changed it. */
  readonly changed: boolean;
  readonly counter: CounterValue;
}

/** One vote a voter of a counter (ADR 13). */
@Injectable()
export class VotesService {
  private readonly changes;
  private readonly batcher: VoteBatcher;

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(NewCounters) private readonly newCounters: NewCounters,
    @Inject(CONFIG) config: CounterApiConfig,
    @Inject(Metrics) metrics: Metrics,
  ) {
    this.changes = metrics.counter({
      name: 'vote_changes_total',
      help: 'Votes that were asked for, by what was wished and what became of it.',
      labelNames: ['kind', 'outcome'],
    });
    this.batcher = new VoteBatcher({
      store: store.votes,
      isReady: () => store.isReady(),
      buckets: config.BUCKETS,
      deadlineMs: config.WRITE_DEADLINE_MS,
      timers: SHARED_TIMERS,
    });
  }

  /**
   * Votes, or changes the vote; the same again changes nothing. `choice` null: there is nothing to choose from. The caller has
   * made sure that the voter may be acted for (`actedFor`), and that the counter and its choice have names (`choiceOf`). Throws
   * HeadcountError OUT_OF_RANGE, STORE_UNAVAILABLE, or OUTCOME_UNKNOWN, after which it may be sent again.
   */
  vote({
    choice,
    ...ask
  }: VoteAsk & PermittedVote & { readonly choice: string | null }): Promise<VoteValue> {
    return this.change('vote', { ...ask, wish: { choice: choice ?? '' } });
  }

  /** Takes the vote back, whatever it was for. Throws as `vote` does. */
  unvote(ask: VoteAsk & PermittedVote): Promise<VoteValue> {
    return this.change('unvote', { ...ask, wish: 'take back' });
  }

  /** The vote of one voter as it stands in this region. Throws STORE_UNAVAILABLE. */
  async of(ask: VoteAsk): Promise<VoteValue> {
    return valueOf(ask, await available(this.store.votes.read(ask)), false);
  }

  private async change(
    kind: 'vote' | 'unvote',
    change: VoteChange & PermittedVote,
  ): Promise<VoteValue> {
    demandStoreCall();
    const made = await this.newCounters.within(change.maker, (ifNew) =>
      this.batcher.change({ ...change, ifNew }),
    );
    this.changes.inc({ kind, outcome: made.ok ? made.value.outcome : made.error });
    const voted = orThrow(made);
    return valueOf(change, voted, voted.outcome === 'changed');
  }
}

function valueOf(
  { pageId, name, voter }: VoteAsk,
  { vote, view, position, staleRegions }: VotedAt & VoteView,
  changed: boolean,
): VoteValue {
  const counter = orThrow(counterOf({ pageId, name }, view, position, staleRegions));
  return { voter, voted: hasVoted(vote), choice: choiceIn(vote), changed, counter };
}

const choiceIn = ({ choice }: Vote): string | null => (choice === '' ? null : choice);
