/** For whom a caller acts, and on which pages. Each throws HeadcountError with the code of the fault. */
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type CommonConfig, type Subject } from '@headcount/platform';
import {
  HeadcountError,
  orThrow,
  parseViewerId,
  type PageId,
  type ViewerId,
} from '@headcount/protocol';

/** A back end with this scope acts for any user. */
export const SCOPE_USERS = 'users:act';
/** A back end with this scope tells of modifications. */
export const SCOPE_MODIFY = 'pages:modify';

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
    const id = this.idOf(caller, userId);
    const isSelf = caller.kind === 'viewer' && caller.id === id;
    return { id, isSelf, mayView: (pageId) => caller.grants.mayView(pageId) };
  }

  /** Demands a scope of the token; where AUTH is off everybody may do everything. */
  demand(caller: Subject, scope: string): void {
    if (this.hasScope(caller, scope)) return;
    throw new HeadcountError('FORBIDDEN', `The token must have the scope ${scope}.`);
  }

  private idOf(caller: Subject, userId: string | null | undefined): ViewerId {
    const own = caller.kind === 'viewer' ? caller.id : null;
    if (userId === null || userId === undefined) {
      if (own !== null) return own;
      throw new HeadcountError(
        'BAD_REQUEST',
        'Say for whom: with a token, or where AUTH is off with x-headcount-user or userId.',
      );
    }
    const id = orThrow(parseViewerId(userId));
    if (id !== own) this.demand(caller, SCOPE_USERS);
    return id;
  }

  private hasScope({ grants }: Subject, scope: string): boolean {
    return this.config.AUTH === 'off' || grants.scopes.has(scope);
  }
}

/** The page itself, where it may be seen. FORBIDDEN else. */
export function visible(mayView: (pageId: PageId) => boolean, pageId: PageId): PageId {
  if (mayView(pageId)) return pageId;
  throw new HeadcountError('FORBIDDEN', 'The token does not allow to view this page.');
}
