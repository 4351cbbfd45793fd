import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * Stands before a TCP port and spoils the way to it: cuts connections, or goes on holding them while nothing passes any
 * more, as when a cable is pulled. What it is told holds for connections that are open and those to come.
 */
export class TcpProxy {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private silent = false;

  private constructor(
    private readonly server: Server,
    private readonly targetPort: number,
  ) {
    server.on('connection', (client) => this.join(client));
  }

  /** Listens on a free port of 127.0.0.1 and passes on to `targetPort` there. */
  static async to(targetPort: number): Promise<TcpProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TcpProxy(server, targetPort);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** How many connections are open. */
  get connections(): number {
    return this.pairs.size;
  }

  /** Nothing passes any more, in either direction, and nobody is told. */
  silence(): void {
    this.silent = true;
    for (const sockets of this.pairs) for (const socket of sockets) socket.pause();
  }

  /** What was held passes, and all that follows. */
  resume(): void {
    this.silent = false;
    for (const sockets of this.pairs) for (const socket of sockets) socket.resume();
  }

  /** Resets every open connection; new ones pass. */
  cut(): void {
    for (const sockets of this.pairs) for (const socket of sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.cut();
    await closed;
  }

  private join(client: Socket): void {
    const target = connect(this.targetPort, '127.0.0.1');
    const pair = [client, target] as const;
    this.pairs.add(pair);
    pass(client, target);
    pass(target, client);
    if (this.silent) for (const socket of pair) socket.pause();
    for (const socket of pair) {
      // Each end takes the other along; an error is an end like any other.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
  }
}

function pass(from: Socket, to: Socket): void {
  from.on('data', (bytes) => {
    if (to.write(bytes)) return;
    from.pause();
    to.once('drain', () => from.resume());
  });
  from.on('end', () => to.end());
}
