import { Inject } from '@nestjs/common';
import {
  Args,
  ArgsType,
  Field,
  ID,
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
  PageUnreadConnection,
  PartArgs,
  connectionType,
  mapNodes,
  unreadPages,
  SCOPE_USERS,
  type Connection,
  type PageUnread,
  type Subject,
} from '@headcount/platform';
import { HistoryService } from '../history/history.service.js';
import { UserUnread } from '../unread/unread.object.js';
import { UnreadService } from '../unread/unread.service.js';
import { ActingUsers } from '../users/acting-user.js';
import { DigestService } from './digest.service.js';

/**
 * An unread with its user, and not an entry that has one: types of properties are in the schemas of all apps of a process, and
 * each app has an Unread of its own.
 */
@ObjectType('DigestEntry', {
  description: 'A user who was not online, with what the user has not read.',
})
export class DigestEntry extends UserUnread {
  @Cost({ own: 1 })
  @Field(() => ID, { name: 'userId', description: 'The user.' })
  get user(): string {
    return this.userId;
  }
}

const DigestConnection = connectionType(DigestEntry, 'Digest');

@ArgsType()
class DigestArgs extends PartArgs {
  /** Milliseconds since 1970. */
  @Field(() => DateTime, { description: 'Who was seen in this region then or later is left out.' })
  readonly since!: number;
}

/** For mailers, over GraphQL. */
@Resolver(() => DigestEntry)
export class DigestResolver {
  constructor(
    @Inject(DigestService) private readonly service: DigestService,
    @Inject(UnreadService) private readonly unread: UnreadService,
    @Inject(HistoryService) private readonly history: HistoryService,
    @Inject(ActingUsers) private readonly users: ActingUsers,
  ) {}

  @Cost({ own: 1, each: 1, times: 'first' })
  @ResolveField('pages', () => PageUnreadConnection, {
    description: 'The pages with something unread, the one that was modified last first.',
  })
  pages(@Parent() { userId, value }: DigestEntry, @Args() part: PartArgs): Connection<PageUnread> {
    return unreadPages(value.pages, part, {
      cursorOf: (page) => this.unread.cursors.ofPage(userId, page),
      titleOf: ({ pageId }) => this.history.lastTitle(pageId),
    });
  }

  @Cost({ own: 100, each: 50, times: 'first' })
  @Query(() => DigestConnection, {
    description:
      'Users with something unread who were not online, in an order that stays; needs the scope users:act. A part may have fewer entries than asked for: go on as long as hasNextPage.',
  })
  async digest(
    @Args() { since, ...part }: DigestArgs,
    @Caller() caller: Subject,
  ): Promise<Connection<DigestEntry>> {
    this.users.demand(caller, SCOPE_USERS);
    const found = await this.service.of(caller, since, part);
    return mapNodes(
      found,
      ({ userId, unread }) => new DigestEntry(userId, unread, this.unread.cursors),
    );
  }
}
