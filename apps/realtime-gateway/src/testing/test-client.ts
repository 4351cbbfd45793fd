import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';

/** What a subscription has shown so far. */
export interface Seen {
  readonly counts: number[];
  readonly connections: number[];
  readonly errors: unknown[];
  /** The last count. */
  last(): number | undefined;
  /** Ends the subscription. */
  end(): void;
}

interface CounterData {
  readonly counter: { readonly count: number; readonly connections: number };
}

/** A stock graphql-ws client, as a browser has it. */
export function testClient(
  url: string,
  connectionParams: Record<string, unknown>,
  query = '',
): Client {
  return createClient({
    url: `${url.replace('http', 'ws')}/graphql${query}`,
    webSocketImpl: WebSocket,
    connectionParams,
    retryAttempts: 20,
    // Unless told so it takes a refused connection for the end.
    shouldRetry: () => true,
    retryWait: () => new Promise((resolve) => setTimeout(resolve, 50)),
  });
}

/** Subscribes to `viewing`, which makes the client's viewer present. */
export function viewing(client: Client, pageId: string): Seen {
  return subscribed(
    client,
    'subscription ($pageId: ID!) { counter: viewing(pageId: $pageId) { count connections } }',
    {
      pageId,
    },
  );
}

/** Subscribes to `counterChanged`. */
export function watching(client: Client, pageId: string, name = 'viewers'): Seen {
  return subscribed(
    client,
    `subscription ($pageId: ID!, $name: String) {
      counter: counterChanged(pageId: $pageId, name: $name) { count connections }
    }`,
    { pageId, name },
  );
}

function subscribed(client: Client, query: string, variables: Record<string, unknown>): Seen {
  const counts: number[] = [];
  const connections: number[] = [];
  const errors: unknown[] = [];
  const end = client.subscribe<CounterData>(
    { query, variables },
    {
      next: ({ data, errors: failed }) => {
        if (failed) errors.push(...failed);
        if (!data) return;
        counts.push(data.counter.count);
        connections.push(data.counter.connections);
      },
      error: (cause) => errors.push(cause),
      complete: () => undefined,
    },
  );
  return { counts, connections, errors, last: () => counts.at(-1), end };
}
