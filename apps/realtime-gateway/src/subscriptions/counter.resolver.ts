import { Inject } from '@nestjs/common';
import { Args, ArgsType, Context, Field, ID, Int, Resolver, Subscription } from '@nestjs/graphql';
import { Cost, Counter, Public } from '@headcount/platform';
import type { CounterValue } from '@headcount/protocol';
import { countersFor, everyOf } from '../fanout/field-sources.js';
import type { Visitor } from '../presence/visitor.js';
import { Subscriptions, type Values } from './subscriptions.js';

/** What an operation over a socket is executed with. */
export interface SocketContext {
  readonly visitor: Visitor;
}

/** What every subscription may ask for. */
@ArgsType()
export class EveryArgs {
  @Field(() => Int, {
    nullable: true,
    description:
      'Least pause between two values, in milliseconds, at least 50; what comes in between is skipped.',
  })
  readonly every?: number | null;
}

@ArgsType()
class ViewingArgs extends EveryArgs {
  @Field(() => ID, { description: 'The page.' })
  readonly pageId!: string;
}

@ArgsType()
class CounterChangedArgs extends EveryArgs {
  @Field(() => ID, { description: 'The page; @site is the whole website.' })
  readonly pageId!: string;

  @Field(() => String, {
    nullable: true,
    defaultValue: 'viewers',
    description: 'Which of its counters.',
  })
  readonly name?: string | null;
}

@ArgsType()
class CountersChangedArgs extends EveryArgs {
  @Field(() => [ID], { description: 'The pages, at most 100; @site is the whole website.' })
  readonly pageIds!: string[];

  @Field(() => String, {
    nullable: true,
    defaultValue: 'viewers',
    description: 'Which of their counters.',
  })
  readonly name?: string | null;
}

const shown = (value: CounterValue): Counter => new Counter(value);
const allShown = (values: readonly CounterValue[]): Counter[] => values.map(shown);

/**
 * Counters, live, for one reader; what many read alike goes by a group (fanout), which takes `resolve` from here. Public to
 * guards: who speaks was settled when the socket was opened.
 */
@Public()
@Resolver(() => Counter)
export class CounterResolver {
  constructor(@Inject(Subscriptions) private readonly subscriptions: Subscriptions) {}

  @Cost({ own: 10 })
  @Subscription(() => Counter, {
    description:
      'Who views a page. Whoever is subscribed is present there, until the subscription ends.',
    resolve: shown,
  })
  viewing(@Args() args: ViewingArgs, @Context() { visitor }: SocketContext): Values {
    const counters = countersFor(visitor, 'viewing', args);
    return this.subscriptions.viewing(visitor, counters[0].pageId, everyOf(args));
  }

  @Cost({ own: 10 })
  @Subscription(() => Counter, {
    description: 'A counter of a page, watched without being present there.',
    resolve: shown,
  })
  counterChanged(@Args() args: CounterChangedArgs, @Context() { visitor }: SocketContext): Values {
    const counters = countersFor(visitor, 'counterChanged', args);
    return this.subscriptions.counterChanged(visitor, counters[0], everyOf(args));
  }

  @Cost({ each: 10, times: 'pageIds' })
  @Subscription(() => [Counter], {
    description:
      'The same counter of several pages, all of them each time that one has changed, in the order asked.',
    resolve: allShown,
  })
  countersChanged(
    @Args() args: CountersChangedArgs,
    @Context() { visitor }: SocketContext,
  ): Values<readonly CounterValue[]> {
    const counters = countersFor(visitor, 'countersChanged', args);
    return this.subscriptions.countersChanged(visitor, counters, everyOf(args));
  }

  @Cost({ own: 10 })
  @Subscription(() => Counter, {
    description: 'The whole website: every distinct viewer present anywhere, once.',
    resolve: shown,
  })
  siteChanged(@Args() args: EveryArgs, @Context() { visitor }: SocketContext): Values {
    const counters = countersFor(visitor, 'siteChanged', {});
    return this.subscriptions.counterChanged(visitor, counters[0], everyOf(args));
  }
}
