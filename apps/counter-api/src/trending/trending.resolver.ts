import { Inject } from '@nestjs/common';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { Cost, Public, TrendingArgs, TrendingPage } from '@headcount/platform';
import { trendingAsk } from '@headcount/protocol';
import { TrendingService } from './trending.service.js';

/** Trending pages over GraphQL. Reading is for everyone, as it is of counters. */
@Resolver(() => TrendingPage)
export class TrendingResolver {
  constructor(@Inject(TrendingService) private readonly service: TrendingService) {}

  @Public()
  @Cost({ own: 500, each: 1, times: 'first' })
  @Query(() => [TrendingPage], {
    description:
      'The pages whose counter gained most within a window, most first, of equals the first by its id. A second old at most; what other regions tell counts when it is heard.',
  })
  async trending(@Args() args: TrendingArgs): Promise<TrendingPage[]> {
    const pages = await this.service.top(trendingAsk(args));
    return pages.map((page) => new TrendingPage(page));
  }
}
