import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { LiveClient } from './live-client.js';
import { until } from './until.js';

/** The subscriptions of a gateway, where each page has as many viewers as its name has letters, then one more. */
const schema = buildSchema(`
  type Counter { count: Int!, connections: Int!, updatedAt: String }
  type Query { unused: Int }
  type Subscription {
    viewing(pageId: ID!): Counter!
    counterChanged(pageId: ID!, name: String = "viewers"): Counter!
  }
`);
async function* counted(field: string, count: number): AsyncGenerator<Record<string, object>> {
  yield { [field]: { count, connections: 1, updatedAt: null } };
  yield { [field]: { count: count + 1, connections: 1, updatedAt: null } };
  await new Promise(() => undefined);
}

describe('LiveClient', () => {
  let server: Server;
  let sockets: WebSocketServer;
  let url: string;
  let viewerIds: unknown[];
  const clients: LiveClient[] = [];

  beforeEach(async () => {
    viewerIds = [];
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    sockets = new WebSocketServer({ server });
    url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
    const roots = {
      viewing: ({ pageId }: { pageId: string }) => counted('viewing', pageId.length),
      counterChanged: ({ name }: { name: string }) => counted('counterChanged', name.length),
    };
    useServer(
      {
        schema,
        roots: { subscription: roots },
        onConnect: ({ connectionParams }) => {
          viewerIds.push(connectionParams?.viewerId);
        },
      },
      sockets,
    );
  });

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    sockets.clients.forEach((socket) => socket.terminate());
    server.close();
  });

  const open = (options?: ConstructorParameters<typeof LiveClient>[1]): LiveClient => {
    const client = new LiveClient(url, options);
    clients.push(client);
    return client;
  };

  it('records what each subscription receives, over one socket', async () => {
    const client = open({ viewerId: 'ann' });
    const page = client.viewing('home');
    const likes = client.counterChanged('home', 'likes');
    expect(page.last).toBeNull();
    await until(() => page.last === 5 && likes.last === 6);
    expect(page.values.map(({ count }) => count)).toEqual([4, 5]);
    expect(viewerIds).toEqual(['ann']);
    expect(client.opened).toBe(1);
  });

  it('connects again after its socket has died, and goes on', async () => {
    const client = open();
    const page = client.viewing('home');
    await until(() => page.last === 5);
    client.terminate();
    await until(() => client.opened === 2 && page.values.length === 4);
    expect(page.done).toBe(false);
  });

  it('ends with the error instead where it may not connect again', async () => {
    const client = open({ reconnects: false });
    const page = client.viewing('home');
    await until(() => page.last === 5);
    client.terminate();
    await until(() => page.done);
    expect(page.error).toMatchObject({ code: 1006 });
  });

  it('ends a subscription alone and leaves the others', async () => {
    const client = open();
    const [page, other] = [client.viewing('home'), client.viewing('other')];
    await until(() => page.last === 5 && other.last === 6);
    page.complete();
    await until(() => page.done);
    expect(other.done).toBe(false);
  });
});
