import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';

/** What one device of a user shows of what is unread: the stock graphql-ws client, which comes back after every loss. */
export class Badge {
  /** What was shown last; null: nothing yet. */
  total: number | null = null;
  private readonly client: Client;

  constructor(
    url: string,
    readonly userId: string,
  ) {
    this.client = createClient({
      ...{ url, webSocketImpl: WebSocket, connectionParams: { viewerId: userId } },
      ...{ retryAttempts: Infinity, shouldRetry: () => true },
      // Soon, and not all at once.
      retryWait: () => new Promise((done) => setTimeout(done, 50 + Math.random() * 200)),
    });
    this.client.subscribe<{ unreadChanged: { total: number } }>(
      { query: 'subscription { unreadChanged { total } }' },
      {
        next: ({ data }) => {
          if (data) this.total = data.unreadChanged.total;
        },
        error: () => undefined,
        complete: () => undefined,
      },
    );
  }

  async close(): Promise<void> {
    await Promise.resolve(this.client.dispose()).catch(() => undefined);
  }
}

/** What a back end asks of notification; each is repeated until it is acknowledged, as each may be. */
export class Notifier {
  constructor(private readonly urlOf: () => string) {}

  follow(userId: string, pageId: string): Promise<unknown> {
    return this.insist('PUT', `/users/${userId}/follows/${encodeURIComponent(pageId)}`);
  }

  modify(pageId: string, eventId: string): Promise<unknown> {
    return this.insist('POST', `/pages/${encodeURIComponent(pageId)}/modifications`, { eventId });
  }

  /** Reads all that is shown by then. */
  async readAll(userId: string): Promise<void> {
    const { cursor } = await this.unread(userId);
    await this.insist('POST', `/users/${userId}/reads`, { cursor });
  }

  unread(userId: string): Promise<{ readonly total: number; readonly cursor: string }> {
    return this.insist('GET', `/users/${userId}/unread`) as Promise<{
      total: number;
      cursor: string;
    }>;
  }

  private async insist(method: string, path: string, body?: object): Promise<unknown> {
    for (;;) {
      try {
        const response = await fetch(this.urlOf() + path, {
          method,
          ...(body && {
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          }),
        });
        if (response.ok) return response.status === 204 ? null : await response.json();
        if (response.status < 500)
          throw new Refused(`${method} ${path}: ${response.status} ${await response.text()}`);
      } catch (cause) {
        if (cause instanceof Refused) throw cause;
      }
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}

class Refused extends Error {}
