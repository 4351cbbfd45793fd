import { Inject } from '@nestjs/common';
import { Args, ArgsType, Field, ID, Mutation, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { Cost, Caller, type Subject } from '@headcount/platform';
import { RegionalCounter } from '../counters/counter.object.js';
import { VoteRequests } from './vote-requests.js';
import type { VoteValue } from './votes.service.js';

@ObjectType({ description: 'The one vote that a voter has on a counter.' })
export class Vote {
  @Field(() => ID, { description: 'Who votes.' })
  readonly voter: string;

  @Field(() => String, {
    nullable: true,
    description: 'What for; null: there was nothing to choose from, or there is no vote.',
  })
  readonly choice: string | null;

  @Field(() => Boolean, { description: 'Whether there is a vote.' })
  readonly voted: boolean;

  @Field(() => Boolean, { description: 'Whether this request has changed it.' })
  readonly changed: boolean;

  @Field(() => RegionalCounter, {
    description: 'The counter, after it; that of the choice has the name `name:choice`.',
  })
  readonly counter: RegionalCounter;

  constructor({ voter, choice, voted, changed, counter }: VoteValue) {
    this.voter = voter;
    this.choice = choice;
    this.voted = voted;
    this.changed = changed;
    this.counter = new RegionalCounter(counter);
  }
}

@ArgsType()
class VoteArgs {
  @Field(() => ID, { description: 'The page.' })
  readonly pageId!: string;

  @Field(() => String, { description: 'Which of its counters.' })
  readonly name!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'Who votes; another than the caller itself needs the scope users:act.',
  })
  readonly voter?: string | null;
}

@ArgsType()
class CastArgs extends VoteArgs {
  @Field(() => String, {
    nullable: true,
    description:
      'What for: 1 to 32 letters, digits, `_`, `.` or `-`. The counter `name:choice` counts it.',
  })
  readonly choice?: string | null;
}

/** Votes over GraphQL: one a voter of a counter, which may be changed and taken back. */
@Resolver(() => Vote)
export class VoteResolver {
  constructor(@Inject(VoteRequests) private readonly requests: VoteRequests) {}

  @Cost({ own: 10 })
  @Query(() => Vote, { name: 'vote', description: 'The vote of one voter, as it stands now.' })
  async voteOf(@Args() args: VoteArgs, @Caller() caller: Subject): Promise<Vote> {
    return new Vote(await this.requests.of(args, caller));
  }

  @Cost({ own: 10 })
  @Mutation(() => Vote, {
    description: 'Votes, or changes the vote. The same again changes nothing: a voter counts once.',
  })
  async vote(@Args() args: CastArgs, @Caller() caller: Subject): Promise<Vote> {
    return new Vote(await this.requests.vote(args, caller));
  }

  @Cost({ own: 10 })
  @Mutation(() => Vote, { description: 'Takes the vote back, whatever it was for.' })
  async unvote(@Args() args: VoteArgs, @Caller() caller: Subject): Promise<Vote> {
    return new Vote(await this.requests.unvote(args, caller));
  }
}
