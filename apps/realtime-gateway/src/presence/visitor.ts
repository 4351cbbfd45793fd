import type { Holder, SocketId } from '@headcount/gateway-core';
import type { Grants } from '@headcount/platform';
import { HeadcountError, type PageId, type ViewerId } from '@headcount/protocol';

/** One socket and the viewer behind it, from connection_init to the socket's end. */
export interface Visitor {
  readonly socketId: SocketId;
  readonly viewerId: ViewerId;
  /** Whether it has said who it is; else its id was made up here. */
  readonly isNamed: boolean;
  readonly grants: Grants;
  /** Set where it showed no token although tokens are asked for: it watches, and is never present. */
  readonly watchesOnly?: true;
  /** What its operations hold. */
  readonly holder: Holder;
}

/** Throws HeadcountError where the visitor's token does not name one of the pages. */
export function demandPages(
  { grants }: Pick<Visitor, 'grants'>,
  counters: readonly { readonly pageId: PageId }[],
): void {
  if (!counters.every(({ pageId }) => grants.mayView(pageId)))
    throw new HeadcountError('FORBIDDEN');
}
