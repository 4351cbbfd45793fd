import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * The sockets over which nothing has been asked yet, such as browsers open ahead of need. To Node
 * they are requests under way, so a server that stops would wait for them until their time is up.
 */
export class UnusedSockets {
  private readonly sockets = new Set<Socket>();

  constructor(server: Server) {
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    // Not `upgrade`: with a listener for it, Node no longer answers what offers one.
    server.on('request', ({ socket }: IncomingMessage) => this.sockets.delete(socket));
  }

  /** Leaves out a socket that has been taken over from HTTP. */
  readonly leaveOut = (socket: Duplex): void => void this.sockets.delete(socket as Socket);

  /** Ends them all. */
  destroy(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}
