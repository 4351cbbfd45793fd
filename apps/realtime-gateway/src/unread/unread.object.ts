import { ObjectType } from '@nestjs/graphql';
import { Unread, type ReadCursors } from '@headcount/platform';
import type { UnreadEvent } from './unread-event.js';

/** A user's unread as a gateway shows it: fields that this app answers are bound to this class. */
@ObjectType('Unread', {
  description: 'What a user has not read of the pages that the user follows.',
})
export class LiveUnread extends Unread {
  constructor(
    readonly event: UnreadEvent,
    cursors: ReadCursors,
  ) {
    super(event.total, () => cursors.ofAll(event.userId, event.pages));
  }
}
