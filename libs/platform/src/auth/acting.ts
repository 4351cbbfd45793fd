/** For whom a caller acts, and what its token must have for it. Each throws HeadcountError with the code of the fault. */
import { HeadcountError, demandViewerId, type PageId, type ViewerId } from '@headcount/protocol';
import type { Subject } from './subject.js';

/** A back end with this scope acts for any user. */
export const SCOPE_USERS = 'users:act';

/** Demands a scope of the token, for what is of no single page; where AUTH is off everybody may do everything. FORBIDDEN else. */
export function demandScope({ grants }: Subject, scope: string, auth: 'off' | 'jwt'): void {
  if (auth === 'off' || grants.scopes.has(scope)) return;
  throw new HeadcountError('FORBIDDEN', `The token must have the scope ${scope}.`);
}

/** Demands a scope, and that the token is for the page on which it is used. The page itself; FORBIDDEN else. */
export function demandScopeOn(
  caller: Subject,
  scope: string,
  pageId: PageId,
  auth: 'off' | 'jwt',
): PageId {
  demandScope(caller, scope, auth);
  return viewable(caller.grants, pageId);
}

/**
 * The caller itself, or whom it names where it may act for others. `sayWhom` is for whoever is nobody and names nobody.
 * Throws BAD_REQUEST, BAD_VIEWER_ID, FORBIDDEN.
 */
export function actedFor(
  caller: Subject,
  named: unknown,
  auth: 'off' | 'jwt',
  sayWhom: string,
): ViewerId {
  const own = caller.kind === 'viewer' ? caller.id : null;
  if (named === undefined || named === null) {
    if (own !== null) return own;
    throw new HeadcountError('BAD_REQUEST', sayWhom);
  }
  if (typeof named !== 'string') throw new HeadcountError('BAD_VIEWER_ID');
  const id = demandViewerId(named);
  if (id !== own) demandScope(caller, SCOPE_USERS, auth);
  return id;
}

/** The page itself, where it may be viewed. FORBIDDEN else. */
export function viewable(
  who: { readonly mayView: (pageId: PageId) => boolean },
  pageId: PageId,
): PageId {
  if (who.mayView(pageId)) return pageId;
  throw new HeadcountError('FORBIDDEN', 'The token does not allow to view this page.');
}
