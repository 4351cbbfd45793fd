import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GraphQLError, buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';

const schema = buildSchema(`
  type Query { none: Int }
  type Counter { pageId: ID! name: String! count: Int! connections: Int! updatedAt: String }
  type Subscription {
    viewing(pageId: ID!): Counter!
    counterChanged(pageId: ID!, name: String = "viewers"): Counter!
  }
`);

interface Asked {
  readonly pageId: string;
  readonly name?: string | null;
}

/** A subscription that is held by a client. */
interface Held {
  readonly key: string;
  readonly give: (count: number) => void;
}

/**
 * The side of a gateway that browsers see: subscriptions over graphql-ws, whose counts the test
 * sets. Pages whose names begin with `refused` are refused.
 */
export class FakeGateway {
  /** What connection_init said, and the address it came by. */
  readonly inits: { readonly payload: unknown; readonly address: string }[] = [];
  /** What was begun and ended, in this order: `+ viewing /`, `- viewing /`. */
  readonly log: string[] = [];
  /** Operations of a socket beyond which it refuses more. */
  operationsMax = Infinity;
  /** With which code it closes a socket as soon as that has introduced itself; null: it does not. */
  closesWith: number | null = null;
  private readonly counts = new Map<string, number>();
  private readonly held = new Set<Held>();
  private readonly sockets: WebSocketServer;

  private constructor(private readonly http: Server) {
    this.sockets = new WebSocketServer({ server: http, path: '/graphql' });
    useServer<Record<string, unknown>, { request: IncomingMessage }>(
      {
        schema,
        onConnect: ({ connectionParams, extra }) => {
          this.inits.push({ payload: connectionParams, address: extra.request.url ?? '' });
          const { closesWith } = this;
          if (closesWith !== null) setImmediate(() => this.closeSockets(closesWith));
          return true;
        },
        roots: {
          subscription: {
            viewing: (asked: Asked) => this.values('viewing', asked),
            counterChanged: (asked: Asked) => this.values('counterChanged', asked),
          },
        },
      },
      this.sockets,
    );
  }

  /** `pages` answers other requests, for tests in a browser. */
  static async start(port = 0, pages?: RequestListener): Promise<FakeGateway> {
    const http = createServer(pages);
    http.listen(port, '127.0.0.1');
    await once(http, 'listening');
    return new FakeGateway(http);
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/graphql`;
  }

  get socketCount(): number {
    return this.sockets.clients.size;
  }

  /** What is subscribed to at present: `viewing /`, `counterChanged / likes`. */
  get subscribed(): readonly string[] {
    return [...this.held].map(({ key }) => key).sort();
  }

  /** The count of what is subscribed to under this key, now and later. */
  set(key: string, count: number): void {
    this.counts.set(key, count);
    for (const held of this.held) if (held.key === key) held.give(count);
  }

  /** Closes every socket, as a gateway does that stops. */
  closeSockets(code: number): void {
    for (const socket of this.sockets.clients) socket.close(code);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets.clients) socket.terminate();
    this.http.close();
    this.http.closeAllConnections();
    await once(this.http, 'close');
  }

  private values(field: string, { pageId, name = 'viewers' }: Asked): AsyncIterable<unknown> {
    if (pageId.startsWith('refused')) {
      throw new GraphQLError('The page id is not valid.', { extensions: { code: 'BAD_PAGE_ID' } });
    }
    if (this.held.size >= this.operationsMax)
      throw new GraphQLError('There are too many.', { extensions: { code: 'TOO_MANY' } });
    const key = field === 'viewing' ? `${field} ${pageId}` : `${field} ${pageId} ${name}`;
    const waiting: number[] = [this.counts.get(key) ?? 0];
    let wake: () => void = () => undefined;
    const held: Held = {
      key,
      give: (count) => {
        waiting.push(count);
        wake();
      },
    };
    this.held.add(held);
    this.log.push(`+ ${key}`);
    let ended = false;
    return {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          while (waiting.length === 0 && !ended)
            await new Promise<void>((resolve) => (wake = resolve));
          if (ended) return { value: undefined, done: true };
          const count = waiting.shift() ?? 0;
          const counter = { pageId, name, count, connections: count, updatedAt: null };
          return { value: { [field]: counter }, done: false };
        },
        return: async () => {
          ended = true;
          if (this.held.delete(held)) this.log.push(`- ${key}`);
          wake();
          return { value: undefined, done: true };
        },
      }),
    };
  }
}
