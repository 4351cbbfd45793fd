import { Inject } from '@nestjs/common';
import {
  Args,
  ArgsType,
  Field,
  Mutation,
  Parent,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import {
  Cost,
  Caller,
  PageUnreadConnection,
  PartArgs,
  type Connection,
  type PageUnread,
  type Subject,
} from '@headcount/platform';
import type { UnreadValue, ViewerId } from '@headcount/protocol';
import { pageIdOf } from '../modifications/input.js';
import { ActingUsers } from '../users/acting-user.js';
import { UserArgs, UserPageArgs } from '../users/user-args.js';
import { UserUnread } from './unread.object.js';
import { UnreadService } from './unread.service.js';

const READ_CURSOR = 'A `cursor` that was answered: what is later than it stays unread.';

@ArgsType()
class MarkReadArgs extends UserPageArgs {
  @Field(() => String, { description: READ_CURSOR })
  readonly cursor!: string;
}

@ArgsType()
class MarkAllReadArgs extends UserArgs {
  @Field(() => String, { description: READ_CURSOR })
  readonly cursor!: string;
}

/** What users have not read, over GraphQL. Each acts for itself, a back end with the scope for anybody. */
@Resolver(() => UserUnread)
export class UnreadResolver {
  /** Fields that are of one value share what is made of it. */
  private readonly shown = new WeakMap<UnreadValue, UserUnread>();

  constructor(
    @Inject(UnreadService) private readonly service: UnreadService,
    @Inject(ActingUsers) private readonly users: ActingUsers,
  ) {}

  @Cost({ own: 100 })
  @Query(() => UserUnread, { description: 'What the user has not read.' })
  async unread(@Args() { userId }: UserArgs, @Caller() caller: Subject): Promise<UserUnread> {
    const user = this.users.userOf(caller, userId);
    return this.show(user.id, await this.service.of(user));
  }

  @Cost({ own: 1, each: 1, times: 'first' })
  @ResolveField('pages', () => PageUnreadConnection, {
    description: 'The pages with something unread, the one that was modified last first.',
  })
  pages(@Parent() { userId, value }: UserUnread, @Args() part: PartArgs): Connection<PageUnread> {
    return this.service.shownPages(userId, value, part);
  }

  @Cost({ own: 110 })
  @Mutation(() => UserUnread, { description: 'Marks as read what was shown of one page.' })
  async markRead(
    @Args() { pageId, cursor, userId }: MarkReadArgs,
    @Caller() caller: Subject,
  ): Promise<UserUnread> {
    const user = this.users.userOf(caller, userId);
    return this.show(user.id, await this.service.markRead(user, pageIdOf(pageId), cursor));
  }

  @Cost({ own: 210 })
  @Mutation(() => UserUnread, { description: 'Marks as read all that was shown.' })
  async markAllRead(
    @Args() { cursor, userId }: MarkAllReadArgs,
    @Caller() caller: Subject,
  ): Promise<UserUnread> {
    const user = this.users.userOf(caller, userId);
    return this.show(user.id, await this.service.markAllRead(user, cursor));
  }

  private show(userId: ViewerId, value: UnreadValue): UserUnread {
    const shown = this.shown.get(value) ?? new UserUnread(userId, value, this.service.cursors);
    this.shown.set(value, shown);
    return shown;
  }
}
