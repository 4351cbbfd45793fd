import { Inject } from '@nestjs/common';
import { Args, ArgsType, Field, ID, Int, Query, Resolver } from '@nestjs/graphql';
import { Public, TrendingPage } from '@headcount/platform';
import { TRENDING_DEFAULTS, trendingAsk } from '@headcount/protocol';
import { TrendingService } from './trending.service.js';

@ArgsType()
class TrendingQueryArgs {
  @Field(() => Int, {
    nullable: true,
    defaultValue: TRENDING_DEFAULTS.first,
    description: 'How many pages at most, 1 to 100.',
  })
  readonly first?: number | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: TRENDING_DEFAULTS.windowSeconds,
    description:
      'The window, 10 to 3600 seconds. It is rounded up: to 10 s up to two minutes, to 30 s up to five, to a minute up to 15, then to five minutes; and the 10 s in which it begins count whole.',
  })
  readonly windowSeconds?: number | null;

  @Field(() => ID, {
    nullable: true,
    defaultValue: TRENDING_DEFAULTS.name,
    description: 'By which counter, one of TRENDING_COUNTERS.',
  })
  readonly name?: string | null;
}

/** Trending pages over GraphQL. Reading is for everyone, as it is of counters. */
@Resolver(() => TrendingPage)
export class TrendingResolver {
  constructor(@Inject(TrendingService) private readonly service: TrendingService) {}

  @Public()
  @Query(() => [TrendingPage], {
    description:
      'The pages whose counter gained most within a window, most first, of equals the first by its id. A second old at most; what other regions tell counts when it is heard.',
  })
  async trending(@Args() args: TrendingQueryArgs): Promise<TrendingPage[]> {
    const pages = await this.service.top(trendingAsk(args));
    return pages.map((page) => new TrendingPage(page));
  }
}
