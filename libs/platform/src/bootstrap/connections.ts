import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Node notes here which answer a connection is in the midst of. */
type HttpSocket = Duplex & { readonly _httpMessage?: ServerResponse | null };

/** How often a server that stops looks for connections that are done, in milliseconds. */
const SWEEP_MS = 20;

/**
 * The connections of a server, for its stop. To Node each is a reason to wait: one that is kept, one on which nothing or half of a head has
 * come, as browsers open them ahead of need, one that was refused, one whose other side has vanished. Only an answer under way is one.
 */
export class Connections {
  private readonly ofHttp = new Set<HttpSocket>();
  /** Taken over from HTTP. Whoever did so ends them. */
  private readonly taken = new Set<Duplex>();
  private sweep: NodeJS.Timeout | null = null;

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      if (this.ofHttp.has(socket)) return;
      this.ofHttp.add(socket);
      socket.once('close', () => {
        this.ofHttp.delete(socket);
        this.taken.delete(socket);
      });
    });
  }

  /** Leaves a socket to whoever has taken it over from HTTP. */
  leave(socket: Duplex): void {
    if (this.ofHttp.delete(socket)) this.taken.add(socket);
  }

  /** Each that is there ends as soon as it is not needed for an answer. Whoever comes later may still ask. */
  endThese(): void {
    this.endUnusedOf(new Set(this.ofHttp));
  }

  /** From now on each ends as soon as it is not needed for an answer. */
  endAll(): void {
    this.endUnusedOf(this.ofHttp);
  }

  /** Ends all that is left, whatever it is in the midst of. */
  cut(): void {
    for (const socket of [...this.ofHttp, ...this.taken]) socket.destroy();
  }

  private endUnusedOf(sockets: ReadonlySet<HttpSocket>): void {
    if (this.sweep !== null) clearInterval(this.sweep);
    const endUnused = (): void => {
      for (const socket of sockets) if (!isInUse(socket)) socket.destroy();
    };
    endUnused();
    this.sweep = setInterval(endUnused, SWEEP_MS).unref();
  }
}

/** An answer that has ended may still have bytes on their way. */
const isInUse = (socket: HttpSocket): boolean =>
  Boolean(socket._httpMessage) || socket.writableLength > 0;
