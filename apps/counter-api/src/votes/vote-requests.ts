import { Inject, Injectable } from '@nestjs/common';
import { choiceName } from '@headcount/counter-store';
import { CONFIG, actedFor, viewable, type Subject } from '@headcount/platform';
import type { CounterRef } from '@headcount/replication';
import { counterRef } from '../counters/input.js';
import { ChangeRights } from '../counters/change-rights.js';
import type { CounterApiConfig } from '../settings.js';
import { choiceOf } from './input.js';
import { VotesService, type VoteValue } from './votes.service.js';

/** A voter and what it votes on, as a caller writes it. Without `voter` it is the caller itself. */
export interface VoteRequest {
  readonly pageId: string;
  readonly name: string;
  readonly voter?: unknown;
}

const SAY_WHOM =
  'Say who votes: with a token, or where AUTH is off with x-headcount-user or voter.';

/**
 * From what callers ask for to votes: a user votes as the subject of its token, a back end with the scope for anybody, on
 * counters that the token may vote on. Each method throws HeadcountError with the code of the fault, before anything changes.
 */
@Injectable()
export class VoteRequests {
  constructor(
    @Inject(VotesService) private readonly votes: VotesService,
    @Inject(ChangeRights) private readonly rights: ChangeRights,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
  ) {}

  async vote(request: VoteRequest & { choice?: unknown }, caller: Subject): Promise<VoteValue> {
    const asked = counterOf(request);
    const choice = choiceOf(asked.name, request.choice);
    const counter = this.rights.vote(caller, asked, choiceName(asked.name, choice ?? ''));
    return this.votes.vote({ ...counter, voter: this.voterOf(request, caller), choice });
  }

  async unvote(request: VoteRequest, caller: Subject): Promise<VoteValue> {
    const asked = counterOf(request);
    const counter = this.rights.vote(caller, asked, asked.name);
    return this.votes.unvote({ ...counter, voter: this.voterOf(request, caller) });
  }

  async of(request: VoteRequest, caller: Subject): Promise<VoteValue> {
    const counter = counterOf(request);
    viewable(caller.grants, counter.pageId);
    return this.votes.of({ ...counter, voter: this.voterOf(request, caller) });
  }

  private voterOf({ voter }: VoteRequest, caller: Subject) {
    return actedFor(caller, voter, this.config.AUTH, SAY_WHOM);
  }
}

const counterOf = ({ pageId, name }: VoteRequest): CounterRef => counterRef(pageId, name);
