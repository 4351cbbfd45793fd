import { Inject } from '@nestjs/common';
import { Args, Field, ID, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { Cost, CONFIG, PublicRead, ReadGrants, SafeInt, type Grants } from '@headcount/platform';
import { readableRef } from '../counters/input.js';
import type { CounterApiConfig } from '../settings.js';
import { BoundedService } from './bounded.service.js';

/** A region's rights in a bounded counter. */
@ObjectType({
  description: 'By how much a region may lower a bounded counter without asking another one.',
})
export class RegionQuota {
  @Field(() => String, { description: 'The name of the region.' })
  readonly region!: string;

  @Field(() => SafeInt, { description: 'Its rights, as of what is known where it was asked.' })
  readonly rights!: number;
}

/** Where the rights in a bounded counter are. */
@ObjectType({ description: 'Who may lower a bounded counter, and by how much.' })
export class Quota {
  @Field(() => SafeInt, { description: 'The counter as it stands now.' })
  readonly count!: number;

  @Field(() => SafeInt, { description: 'Rights of the region that answers.' })
  readonly here!: number;

  @Field(() => Boolean, {
    description:
      'Whether it may use them: not before it has heard from its peers what its Redis may have forgotten.',
  })
  readonly ready!: boolean;

  @Field(() => [RegionQuota], { description: 'Rights of each region, the one that answers first.' })
  readonly regions!: RegionQuota[];
}

/** Bounded counters over GraphQL: for operators. Reading is as public as it is of counters. */
@Resolver(() => Quota)
export class QuotaResolver {
  constructor(
    @Inject(BoundedService) private readonly bounded: BoundedService,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
  ) {}

  @PublicRead()
  @Cost({ own: 10 })
  @Query(() => Quota, { description: 'Who may lower a bounded counter, and by how much.' })
  async quota(
    @Args('pageId', { type: () => ID, description: 'The page.' }) pageId: string,
    @Args('name', {
      type: () => String,
      description: 'Which of its counters, one of BOUNDED_COUNTERS.',
    })
    name: string,
    @ReadGrants() grants: Grants,
  ): Promise<Quota> {
    const { total, here, isRegained, elsewhere } = await this.bounded.quota(
      readableRef(grants, pageId, name),
    );
    const others = [...elsewhere].map(([region, rights]) => ({ region, rights }));
    others.sort((left, right) => (left.region < right.region ? -1 : 1));
    const regions = [{ region: this.config.REGION, rights: here }, ...others];
    return { count: total, here, ready: isRegained, regions };
  }
}
