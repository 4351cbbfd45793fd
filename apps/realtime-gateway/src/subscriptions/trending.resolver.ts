import { Inject } from '@nestjs/common';
import { Args, ArgsType, Context, IntersectionType, Resolver, Subscription } from '@nestjs/graphql';
import { Cost, Public, TrendingArgs, TrendingPage } from '@headcount/platform';
import { HeadcountError } from '@headcount/protocol';
import { everyOf, trendingFor } from '../fanout/field-sources.js';
import type { TrendingEvent } from '../fanout/trending.js';
import { EveryArgs, type SocketContext } from './counter.resolver.js';
import { Subscriptions, type Values } from './subscriptions.js';

@ArgsType()
class TrendingChangedArgs extends IntersectionType(EveryArgs, TrendingArgs) {}

/** What came, as GraphQL shows it: pages, or the error that the question has become. */
function shown(event: TrendingEvent): TrendingPage[] {
  if (event === 'BAD_REQUEST')
    throw new HeadcountError(event, 'The counter is not among TRENDING_COUNTERS.');
  if (typeof event === 'string') throw new HeadcountError(event);
  return event.map(([pageId, gain]) => new TrendingPage({ pageId, gain }));
}

/** Trending pages, live, for one reader; a group takes `resolve` from here. Public to guards, as counters are. */
@Public()
@Resolver(() => TrendingPage)
export class TrendingResolver {
  constructor(@Inject(Subscriptions) private readonly subscriptions: Subscriptions) {}

  @Cost({ own: 500, each: 1, times: 'first' })
  @Subscription(() => [TrendingPage], {
    description:
      'The pages whose counter gained most within a window, most first, of equals the first by its id: all of them each time that it becomes another list, about two seconds late at most. For those who may view every page.',
    resolve: shown,
  })
  trendingChanged(
    @Args() args: TrendingChangedArgs,
    @Context() { visitor }: SocketContext,
  ): Values<TrendingEvent> {
    return this.subscriptions.trendingChanged(visitor, trendingFor(visitor, args), everyOf(args));
  }
}
