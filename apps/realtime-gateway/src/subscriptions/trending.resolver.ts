import { Inject } from '@nestjs/common';
import { Args, ArgsType, Context, Field, ID, Int, Resolver, Subscription } from '@nestjs/graphql';
import { Public, TrendingPage } from '@headcount/platform';
import { HeadcountError, TRENDING_DEFAULTS } from '@headcount/protocol';
import { everyOf, trendingFor } from '../fanout/field-sources.js';
import type { TrendingEvent } from '../fanout/trending.js';
import { EveryArgs, type SocketContext } from './counter.resolver.js';
import { Subscriptions, type Values } from './subscriptions.js';

@ArgsType()
class TrendingChangedArgs extends EveryArgs {
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
    description: 'By which counter, one of TRENDING_COUNTERS of counter-api.',
  })
  readonly name?: string | null;
}

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

  @Subscription(() => [TrendingPage], {
    description:
      'The pages whose counter gained most within a window, most first, of equals the first by its id: all of them each time that it becomes another list, about two seconds late at most. For those who may view every page.',
    resolve: shown,
  })
  trendingChanged(
    @Args() args: TrendingChangedArgs,
    @Context() { visitor }: SocketContext,
  ): Values<TrendingEvent> {
    return this.subscriptions.trendingChanged(trendingFor(visitor, args), everyOf(args));
  }
}
