import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** The way into a region: a port of the loopback from which everything goes on to `target`, a `{ host, port }`. */
export class Link {
  #server;
  #target;
  #pairs = new Set();
  #isCut = false;

  static async to(target) {
    // What is small is not held back for more, or a request would wait for the other side's clock.
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Link(server, target);
  }

  /** Use {@link Link.to}. */
  constructor(server, target) {
    this.#server = server;
    this.#target = target;
    server.on('connection', (client) => this.#join(client));
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  get isCut() {
    return this.#isCut;
  }

  /** Resets every connection, those that come too: the port stays ours, so healing cannot fail. */
  cut() {
    this.#isCut = true;
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy();
  }

  heal() {
    this.#isCut = false;
  }

  close() {
    this.cut();
    this.#server.close();
  }

  #join(client) {
    client.on('error', () => undefined);
    if (this.#isCut) {
      client.resetAndDestroy();
      return;
    }
    const target = connect({ ...this.#target, noDelay: true });
    const pair = [client, target];
    this.#pairs.add(pair);
    for (const socket of pair) {
      // Each end takes the other along; an error is an end like any other.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
    client.pipe(target).pipe(client);
  }
}
