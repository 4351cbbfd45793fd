import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * Stands before a TCP port and spoils the way to it: cuts connections, in the middle of a reply too, delays, or goes on
 * holding connections while nothing passes any more, as when a cable is pulled. What it is told holds for connections
 * that are open and those to come.
 */
export class TcpProxy {
  /** How long bytes take on their way, each way, in milliseconds. */
  delayMs = 0;
  /** How many connections were cut in the middle of a reply. */
  repliesCut = 0;
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  /** What fell due while nothing may pass. */
  private held: (() => void)[] = [];
  private silent = false;
  private refusing = false;
  /** Bytes of replies that may still pass before the connection they are on is cut. */
  private replyBytesLeft = Infinity;

  private constructor(
    private readonly server: Server,
    private readonly targetPort: number,
  ) {
    server.on('connection', (client) => this.join(client));
  }

  /** Listens on a free port of 127.0.0.1 and passes on to `targetPort` there. */
  static async to(targetPort: number): Promise<TcpProxy> {
    // What is small is not held back for more, or the proxy would add a delay of its own.
    const server = createServer({ noDelay: true });
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

  /** Resets every open connection, and each that comes until it is resumed. */
  refuse(): void {
    this.refusing = true;
    this.cut();
  }

  /** What was held passes, and all that follows. */
  resume(): void {
    this.silent = false;
    this.refusing = false;
    for (const pass of this.held.splice(0)) pass();
    for (const sockets of this.pairs) for (const socket of sockets) socket.resume();
  }

  /** Resets every open connection; new ones pass. */
  cut(): void {
    for (const sockets of this.pairs) for (const socket of sockets) socket.resetAndDestroy();
  }

  /** Lets `bytes` more bytes come back from the target, cuts the connection that the next one is on, and is whole again. */
  cutReplyAfter(bytes: number): void {
    this.replyBytesLeft = bytes;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.cut();
    await closed;
  }

  private join(client: Socket): void {
    if (this.refusing) {
      client.on('error', () => undefined).resetAndDestroy();
      return;
    }
    const target = connect({ port: this.targetPort, host: '127.0.0.1', noDelay: true });
    const pair = [client, target] as const;
    this.pairs.add(pair);
    this.pass(client, target, (bytes) => carry(client, target, bytes));
    this.pass(target, client, (bytes) => this.reply(client, target, bytes));
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

  private pass(from: Socket, to: Socket, forward: (bytes: Buffer) => void): void {
    from.on('data', (bytes: Buffer) => this.later(() => forward(bytes)));
    from.on('end', () => this.later(() => to.end()));
  }

  /** After the delay, and not while nothing may pass. */
  private later(pass: () => void): void {
    const arrive = (): void => {
      if (this.silent) this.held.push(pass);
      else pass();
    };
    if (this.delayMs > 0) setTimeout(arrive, this.delayMs);
    else arrive();
  }

  private reply(client: Socket, target: Socket, bytes: Buffer): void {
    if (bytes.length <= this.replyBytesLeft) {
      this.replyBytesLeft -= bytes.length;
      carry(target, client, bytes);
      return;
    }
    const last = bytes.subarray(0, this.replyBytesLeft);
    this.replyBytesLeft = Infinity;
    this.repliesCut += 1;
    // Ended, not reset: a reset could overtake the bytes that shall still arrive.
    client.end(last);
    target.resetAndDestroy();
  }
}

/** Reads no faster than the other side takes. */
function carry(from: Socket, to: Socket, bytes: Buffer): void {
  if (!to.writable || to.write(bytes)) return;
  from.pause();
  to.once('drain', () => from.resume());
}
