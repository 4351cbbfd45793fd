import type { Holder, SocketId } from '@headcount/gateway-core';
import type { Grants } from '@headcount/platform';
import { HeadcountError, type PageId, type ViewerId } from '@headcount/protocol';

/** One socket and the viewer behind it, from connection_init to the socket's end. */
export interface Visitor {
  readonly socketId: SocketId;
  readonly viewerId: ViewerId;
  /** Whether it has said who it is; else its id was made up here. */
  readonly isNamed: boolean;
  /** Whether it showed no token although tokens are asked for: it watches, and is never present. */
  readonly watchesOnly: boolean;
  readonly grants: Grants;
  /** What its operations hold. */
  readonly holder: Holder;
}

/** Throws HeadcountError UNAUTHENTICATED where the visitor has shown no token, and has to. */
export function demandToken({ watchesOnly }: Pick<Visitor, 'watchesOnly'>, why: string): void {
  if (watchesOnly) throw new HeadcountError('UNAUTHENTICATED', `A token is needed ${why}.`);
}

/** Throws HeadcountError where the visitor's token does not name one of the pages. */
export function demandPages(
  { grants }: Pick<Visitor, 'grants'>,
  counters: readonly { readonly pageId: PageId }[],
): void {
  if (!counters.every(({ pageId }) => grants.mayView(pageId)))
    throw new HeadcountError('FORBIDDEN');
}
