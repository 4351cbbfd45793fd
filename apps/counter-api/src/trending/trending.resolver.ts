import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import {
  Cost,
  PublicRead,
  ReadGrants,
  TrendingArgs,
  TrendingPage,
  type Grants,
} from '@headcount/platform';
import { trendingAsk } from '@headcount/protocol';
import { TrendingService } from './trending.service.js';

/** Trending pages over GraphQL. Reading is as public as it is of counters. */
@Resolver(() => TrendingPage)
export class TrendingResolver {
  constructor(@Inject(TrendingService) private readonly service: TrendingService) {}

  @PublicRead()
  @Cost({ own: 500, each: 1, times: 'first' })
  @Query(() => [TrendingPage], {
    description:
      'The pages whose counter gained most within a window, most first, of equals the first by its id. A second old as a rule; what other regions tell counts when it is heard.',
  })
  async trending(
    @Args() args: TrendingArgs,
    @ReadGrants() grants: Grants,
  ): Promise<TrendingPage[]> {
    const pages = await this.service.topFor(grants, trendingAsk(args));
    return pages.map((page) => new TrendingPage(page));
  }
}
