import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The sockets over which nothing has been asked yet, such as browsers open ahead of need. To Node
 * they are requests under way, so a server that stops would wait for them until their time is up.
 */
export class UnusedSockets {
  private readonly sockets = new Set<Socket>();

  constructor(server: Server) {
    const used = ({ socket }: IncomingMessage): void => void this.sockets.delete(socket);
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    server.on('request', used);
    server.on('upgrade', used);
  }

  /** Ends them all. */
  destroy(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}
