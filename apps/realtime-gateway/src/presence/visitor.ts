import type { SocketId } from '@headcount/gateway-core';
import type { ViewerId } from '@headcount/protocol';

/** One socket and the viewer behind it, from connection_init to the socket's end. */
export interface Visitor {
  readonly socketId: SocketId;
  readonly viewerId: ViewerId;
}
