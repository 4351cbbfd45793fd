import { Inject } from '@nestjs/common';
import { Args, Context, Parent, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import {
  Cost,
  Keyrings,
  PageUnreadConnection,
  PartArgs,
  Public,
  ReadCursors,
  unreadPages,
  type Connection,
  type PageUnread,
} from '@headcount/platform';
import { HeadcountError } from '@headcount/protocol';
import { unreadFor } from '../fanout/field-sources.js';
import type { SocketContext } from '../subscriptions/counter.resolver.js';
import { Subscriptions, type Values } from '../subscriptions/subscriptions.js';
import { Titles } from './titles.js';
import type { UnreadNews } from './unreads.js';
import { LiveUnread } from './unread.object.js';

/** What a user has not read, live, for one reader; a group takes `resolve` from here. Public to guards, as counters are. */
@Public()
@Resolver(() => LiveUnread)
export class UnreadResolver {
  private readonly cursors: ReadCursors;

  constructor(
    @Inject(Subscriptions) private readonly subscriptions: Subscriptions,
    @Inject(Titles) private readonly titles: Titles,
    @Inject(Keyrings) keyrings: Keyrings,
  ) {
    this.cursors = new ReadCursors(keyrings.of('cursor'));
  }

  @Cost({ own: 100 })
  @Subscription(() => LiveUnread, {
    description:
      'What the user has not read: at once, and each time that it is something else, on every device.',
    resolve(this: UnreadResolver, event: UnreadNews): LiveUnread {
      if (event instanceof HeadcountError) throw event;
      return new LiveUnread(event, this.cursors);
    },
  })
  unreadChanged(@Context() { visitor }: SocketContext): Values<UnreadNews> {
    return this.subscriptions.unreadChanged(unreadFor(visitor));
  }

  @Cost({ own: 1, each: 1, times: 'first' })
  @ResolveField('pages', () => PageUnreadConnection, {
    description: 'The pages with something unread, the one that was modified last first.',
  })
  pages(
    @Parent() { event: { userId, pages } }: LiveUnread,
    @Args() part: PartArgs,
  ): Connection<PageUnread> {
    const { cursors, titles } = this;
    return unreadPages(pages, part, {
      cursorOf: (page) => cursors.ofPage(userId, page),
      titleOf: (page) => titles.of(page),
    });
  }
}
