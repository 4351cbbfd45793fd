import { Inject } from '@nestjs/common';
import {
  Args,
  ArgsType,
  Field,
  ID,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import {
  Cost,
  Caller,
  DateTime,
  SafeInt,
  connectionType,
  mapNodes,
  type Connection,
  type Subject,
} from '@headcount/platform';
import { Page } from '../federation/page.object.js';
import { pageIdOf } from '../modifications/input.js';
import { ActingUsers } from '../users/acting-user.js';
import { UserPageArgs, UserPartArgs } from '../users/user-args.js';
import { FollowsService, type FollowValue } from './follows.service.js';

@ObjectType({ description: 'That a user follows a page.' })
export class Follow {
  @Field(() => ID, { description: 'The page.' })
  readonly pageId: string;

  /** Milliseconds since 1970. */
  @Field(() => DateTime, {
    nullable: true,
    description: 'Until when it is silent; null: it is not. The end of the year 9999: for ever.',
  })
  readonly mutedUntil: number | null;

  @Field(() => SafeInt, {
    description: 'How many of its modifications the user has not read; 0 while it is silent.',
  })
  readonly unread: number;

  constructor({ pageId, mutedUntilMs, unread }: FollowValue) {
    this.pageId = pageId;
    this.mutedUntil = mutedUntilMs;
    this.unread = unread;
  }
}

const FollowConnection = connectionType(Follow, 'Follow');

@ArgsType()
class MuteArgs extends UserPageArgs {
  @Field(() => DateTime, {
    nullable: true,
    description: 'Until when; without it for ever. A time that has passed ends the silence.',
  })
  readonly until?: number | null;
}

/** Which pages users follow, over GraphQL. Each acts for itself, a back end with the scope for anybody. */
@Resolver(() => Follow)
export class FollowResolver {
  constructor(
    @Inject(FollowsService) private readonly service: FollowsService,
    @Inject(ActingUsers) private readonly users: ActingUsers,
  ) {}

  @Cost({ own: 100, each: 10, times: 'first' })
  @Query(() => FollowConnection, { description: 'The pages that the user follows, by their ids.' })
  async following(
    @Args() { userId, ...part }: UserPartArgs,
    @Caller() caller: Subject,
  ): Promise<Connection<Follow>> {
    const follows = await this.service.following(this.users.userOf(caller, userId), part);
    return mapNodes(follows, (value) => new Follow(value));
  }

  /** The way from a follow to what other subgraphs know of its page. */
  @Cost({ own: 1 })
  @ResolveField('page', () => Page, { description: 'The page, as an entity.' })
  page(@Parent() { pageId }: Follow): Page {
    return new Page(pageId);
  }

  @Cost({ own: 10 })
  @Query(() => Boolean, { description: 'Whether the user follows the page.' })
  isFollowing(
    @Args() { pageId, userId }: UserPageArgs,
    @Caller() caller: Subject,
  ): Promise<boolean> {
    return this.service.isFollowing(this.users.userOf(caller, userId), pageIdOf(pageId));
  }

  @Cost({ own: 30 })
  @Mutation(() => Follow, {
    description: 'Follows a page from now on: what was modified before counts as read.',
  })
  async follow(
    @Args() { pageId, userId }: UserPageArgs,
    @Caller() caller: Subject,
  ): Promise<Follow> {
    const user = this.users.userOf(caller, userId);
    return new Follow(await this.service.follow(user, pageIdOf(pageId)));
  }

  @Cost({ own: 10 })
  @Mutation(() => Boolean, { description: 'Stops to follow a page; whether it was followed.' })
  unfollow(@Args() { pageId, userId }: UserPageArgs, @Caller() caller: Subject): Promise<boolean> {
    return this.service.unfollow(this.users.userOf(caller, userId), pageIdOf(pageId));
  }

  @Cost({ own: 30 })
  @Mutation(() => Follow, {
    description: 'Silences a page that is followed: it does not count until then.',
  })
  async mute(
    @Args() { pageId, until, userId }: MuteArgs,
    @Caller() caller: Subject,
  ): Promise<Follow> {
    const user = this.users.userOf(caller, userId);
    return new Follow(await this.service.mute(user, pageIdOf(pageId), until ?? null));
  }
}
