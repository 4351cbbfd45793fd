import { Inject } from '@nestjs/common';
import { Args, ArgsType, Context, Field, ID, Resolver, Subscription } from '@nestjs/graphql';
import { Counter, Public } from '@headcount/platform';
import {
  VIEWERS,
  orThrow,
  parseCounterName,
  parsePageId,
  type CounterValue,
} from '@headcount/protocol';
import type { Visitor } from '../presence/visitor.js';
import { Subscriptions, type Values } from './subscriptions.js';

/** What an operation over a socket is executed with. */
export interface SocketContext {
  readonly visitor: Visitor;
}

@ArgsType()
class ViewingArgs {
  @Field(() => ID, { description: 'The page.' })
  readonly pageId!: string;
}

@ArgsType()
class CounterChangedArgs {
  @Field(() => ID, { description: 'The page; @site is the whole website.' })
  readonly pageId!: string;

  @Field(() => String, {
    nullable: true,
    defaultValue: VIEWERS,
    description: 'Which of its counters.',
  })
  readonly name?: string | null;
}

const counterOf = (value: CounterValue): Counter => new Counter(value);

/** Counters, live. Public to guards: who speaks was settled when the socket was opened. */
@Public()
@Resolver(() => Counter)
export class CounterResolver {
  constructor(@Inject(Subscriptions) private readonly subscriptions: Subscriptions) {}

  @Subscription(() => Counter, {
    description:
      'Who views a page. Whoever is subscribed is present there, until the subscription ends.',
    resolve: counterOf,
  })
  viewing(@Args() { pageId }: ViewingArgs, @Context() { visitor }: SocketContext): Values {
    return this.subscriptions.viewing(visitor, orThrow(parsePageId(pageId)));
  }

  @Subscription(() => Counter, {
    description: 'A counter of a page, watched without being present there.',
    resolve: counterOf,
  })
  counterChanged(@Args() { pageId, name }: CounterChangedArgs): Values {
    return this.subscriptions.counterChanged({
      pageId: orThrow(parsePageId(pageId)),
      name: orThrow(parseCounterName(name ?? VIEWERS)),
    });
  }
}
