/** For whom a caller acts, and on which pages. Each throws HeadcountError with the code of the fault. */
import { Inject, Injectable } from '@nestjs/common';
import {
  CONFIG,
  actedFor,
  demandScope,
  demandScopeOn,
  viewable,
  type CommonConfig,
  type Subject,
} from '@headcount/platform';
import type { PageId, ViewerId } from '@headcount/protocol';

/** A back end with this scope tells of modifications. */
export const SCOPE_MODIFY = 'pages:modify';

const SAY_WHOM =
  'Say for whom: with a token, or where AUTH is off with x-headcount-user or userId.';

/** The page itself, where whoever acts for the user may act there: a user on any page for itself, a back end on those of its token. */
export function actablePage(user: ActingUser, pageId: PageId): PageId {
  return user.isSelf ? pageId : viewable(user, pageId);
}

/** A user, and what the token of whoever acts allows to see. */
export interface ActingUser {
  readonly id: ViewerId;
  /** Whether it is the caller itself, who is here then. */
  readonly isSelf: boolean;
  readonly mayView: (pageId: PageId) => boolean;
}

@Injectable()
export class ActingUsers {
  constructor(@Inject(CONFIG) private readonly config: CommonConfig) {}

  /** The caller itself, or the user that it names where it may act for others. */
  userOf(caller: Subject, userId: string | null | undefined): ActingUser {
    const id = actedFor(caller, userId, this.config.AUTH, SAY_WHOM);
    const isSelf = caller.kind === 'viewer' && caller.id === id;
    return { id, isSelf, mayView: (pageId) => caller.grants.mayView(pageId) };
  }

  /** Demands a scope of the token, for what is of no single page; where AUTH is off everybody may do everything. */
  demand(caller: Subject, scope: string): void {
    demandScope(caller, scope, this.config.AUTH);
  }

  /** The modification, where the caller may tell of those of its page. */
  toldBy<T extends { readonly pageId: PageId }>(caller: Subject, modification: T): T {
    demandScopeOn(caller, SCOPE_MODIFY, modification.pageId, this.config.AUTH);
    return modification;
  }
}
