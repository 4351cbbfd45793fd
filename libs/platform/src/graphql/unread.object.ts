import { Field, ID, ObjectType } from '@nestjs/graphql';
import type { PageUnreadValue } from '@headcount/protocol';
import { connectionType, mapNodes, partOf, type Connection, type PartArgs } from './connection.js';
import { Cost } from './cost.decorator.js';
import { DateTime } from './date-time.js';
import { SafeInt } from './safe-int.js';

/** What costs something, and is made when it is asked for. */
export interface PageUnreadExtras {
  readonly cursorOf: (page: PageUnreadValue) => string;
  readonly titleOf: (page: PageUnreadValue) => Promise<string | null>;
}

/** A page with something unread, the same from every app. */
@ObjectType({ description: 'A page that a user follows, with something unread.' })
export class PageUnread {
  @Field(() => ID, { description: 'The page.' })
  readonly pageId: string;

  @Field(() => SafeInt, { description: 'How many of its modifications are unread, above 0.' })
  readonly count: number;

  /** Milliseconds since 1970. */
  @Field(() => DateTime, { description: 'When it was last modified.' })
  readonly lastModifiedAt: number;

  constructor(
    private readonly page: PageUnreadValue,
    private readonly extras: PageUnreadExtras,
  ) {
    this.pageId = page.pageId;
    this.count = page.count;
    this.lastModifiedAt = page.modifiedAtMs;
  }

  @Cost({ own: 10 })
  @Field(() => String, {
    nullable: true,
    description: 'Title of its last modification; null: none was given, or it is no longer kept.',
  })
  get lastTitle(): Promise<string | null> {
    return this.extras.titleOf(this.page);
  }

  @Cost({ own: 2 })
  @Field(() => String, {
    description:
      'For `markRead`: what the count was computed from, so that what comes later stays unread.',
  })
  get cursor(): string {
    return this.extras.cursorOf(this.page);
  }
}

export const PageUnreadConnection = connectionType(PageUnread, 'PageUnread');

/** A part of the pages with something unread, which stand in the order in which they are shown. */
export function unreadPages(
  pages: readonly PageUnreadValue[],
  part: PartArgs,
  extras: PageUnreadExtras,
): Connection<PageUnread> {
  const found = partOf(pages, ({ modifiedAtMs: at, pageId: id }) => ({ at, id }), part);
  return mapNodes(found, (page) => new PageUnread(page, extras));
}

/**
 * All of a user's unread, the same from every app. `pages` is a field that each app adds to a class of its own: Nest
 * keeps the fields of a class for the whole process.
 */
@ObjectType('Unread', {
  description: 'What a user has not read of the pages that the user follows.',
})
export class Unread {
  @Field(() => SafeInt, { description: 'How many modifications are unread, over all pages.' })
  readonly total: number;

  private made: string | null = null;

  /** The cursor is made when it is asked for: that of many pages is long. */
  constructor(
    total: number,
    private readonly makeCursor: () => string,
  ) {
    this.total = total;
  }

  @Cost({ own: 20 })
  @Field(() => String, {
    description:
      'For `markAllRead`: what the counts were computed from. It speaks of the 1,500 pages that were modified last; of more, ask again after `markAllRead`.',
  })
  get cursor(): string {
    // Kept: aliases would have it compressed and signed once each.
    this.made ??= this.makeCursor();
    return this.made;
  }
}
