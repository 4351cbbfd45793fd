import type { ViewerId } from '@headcount/protocol';
import type { SocketId } from './presence-book.js';

/** One socket and the viewer behind it, from connection_init to the socket's end. */
export interface Visitor {
  readonly socketId: SocketId;
  readonly viewerId: ViewerId;
}
