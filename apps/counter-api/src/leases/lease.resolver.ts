import { Inject } from '@nestjs/common';
import { Args, ArgsType, Field, ID, Int, Mutation, Resolver } from '@nestjs/graphql';
import { Cost, Caller, type Subject } from '@headcount/platform';
import { RegionalCounter } from '../counters/counter.object.js';
import { LEASE_SECONDS } from './input.js';
import { LeaseRequests } from './lease-requests.js';

@ArgsType()
class LeaseArgs {
  @Field(() => ID, { description: 'The page.' })
  readonly pageId!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'Who is present; another than the caller itself needs the scope users:act.',
  })
  readonly viewer?: string | null;
}

@ArgsType()
class RenewArgs extends LeaseArgs {
  @Field(() => Int, {
    nullable: true,
    defaultValue: LEASE_SECONDS,
    description: 'For how long from now, 1 to 3600.',
  })
  readonly ttlSeconds?: number | null;
}

/** Presence without a socket, over GraphQL: for whoever may view the page. */
@Resolver(() => RegionalCounter)
export class LeaseResolver {
  constructor(@Inject(LeaseRequests) private readonly requests: LeaseRequests) {}

  @Cost({ own: 10 })
  @Mutation(() => RegionalCounter, {
    description:
      'Makes a viewer present on a page for a while, without a socket; the same again renews it. The answer is the page after it.',
  })
  async leaseViewer(
    @Args() { pageId, viewer, ttlSeconds }: RenewArgs,
    @Caller() caller: Subject,
  ): Promise<RegionalCounter> {
    return new RegionalCounter(await this.requests.renew(pageId, viewer, ttlSeconds, caller));
  }

  @Cost({ own: 10 })
  @Mutation(() => RegionalCounter, {
    description:
      'Ends the lease of a viewer before its time, if there is one; the answer is the page after it.',
  })
  async endLease(
    @Args() { pageId, viewer }: LeaseArgs,
    @Caller() caller: Subject,
  ): Promise<RegionalCounter> {
    return new RegionalCounter(await this.requests.end(pageId, viewer, caller));
  }
}
