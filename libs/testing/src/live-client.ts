import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';

/** A counter as a subscription tells it. */
export interface LiveCounter {
  readonly count: number;
  readonly connections: number;
  readonly updatedAt: string | null;
}

/** A running subscription, and all that it has received. */
export class LiveSubscription {
  readonly values: LiveCounter[] = [];
  /** The error that ended it, if one did. */
  error: unknown = null;
  done = false;
  private release: () => void = () => undefined;

  constructor(client: Client, query: string, field: string, variables: Record<string, unknown>) {
    this.release = client.subscribe<Record<string, LiveCounter>>(
      { query, variables },
      {
        next: ({ data }) => {
          const value = data?.[field];
          if (value) this.values.push(value);
        },
        error: (error) => {
          this.error = error;
          this.done = true;
        },
        complete: () => {
          this.done = true;
        },
      },
    );
  }

  /** The count received last, or null before the first. */
  get last(): number | null {
    return this.values.at(-1)?.count ?? null;
  }

  /** Ends the subscription; the socket stays. */
  complete(): void {
    this.release();
  }
}

/** How a client of the test behaves. */
export interface LiveClientOptions {
  readonly viewerId?: string;
  readonly token?: string;
  /** Whether it connects again after a loss, as often as needed. Default true. */
  readonly reconnects?: boolean;
}

/** A viewer as a browser would have it: the stock graphql-ws client over one socket. */
export class LiveClient {
  /** How often a socket was opened. */
  opened = 0;
  private socket: WebSocket | null = null;
  private readonly client: Client;

  constructor(url: string, { viewerId, token, reconnects = true }: LiveClientOptions = {}) {
    this.client = createClient({
      url,
      webSocketImpl: WebSocket,
      connectionParams: { ...(viewerId ? { viewerId } : {}), ...(token ? { token } : {}) },
      retryAttempts: reconnects ? Number.MAX_SAFE_INTEGER : 0,
      shouldRetry: () => reconnects,
      // Soon, and not all at once.
      retryWait: () => new Promise((done) => setTimeout(done, 50 + Math.random() * 200)),
      on: {
        opened: (socket) => {
          this.opened += 1;
          this.socket = socket as WebSocket;
        },
      },
    });
  }

  /** Is present on a page and receives its count. */
  viewing(pageId: string): LiveSubscription {
    const query =
      'subscription ($pageId: ID!) { viewing(pageId: $pageId) { count connections updatedAt } }';
    return new LiveSubscription(this.client, query, 'viewing', { pageId });
  }

  /** Only watches. */
  counterChanged(pageId: string, name = 'viewers'): LiveSubscription {
    const query =
      'subscription ($pageId: ID!, $name: String) { counterChanged(pageId: $pageId, name: $name) { count connections updatedAt } }';
    return new LiveSubscription(this.client, query, 'counterChanged', { pageId, name });
  }

  /** Ends the socket without a close frame, as a crash does. */
  terminate(): void {
    this.socket?.terminate();
  }

  /** Says goodbye and closes. */
  async close(): Promise<void> {
    try {
      await this.client.dispose();
    } catch {
      // It was between two connections: the one that failed says so once more, and there is nothing to close.
    }
  }
}
