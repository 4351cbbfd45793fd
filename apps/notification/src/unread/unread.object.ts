import { ObjectType } from '@nestjs/graphql';
import { Unread, type ReadCursors } from '@headcount/platform';
import type { UnreadValue, ViewerId } from '@headcount/protocol';

/** A user's unread as notification shows it: fields that this app answers are bound to this class. */
@ObjectType('Unread', {
  description: 'What a user has not read of the pages that the user follows.',
})
export class UserUnread extends Unread {
  constructor(
    readonly userId: ViewerId,
    readonly value: UnreadValue,
    cursors: ReadCursors,
  ) {
    super(value.total, () => cursors.ofAll(userId, value.pages));
  }
}
