import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';
import type { Shown } from './absences.js';

/** Subscriptions of one socket: a gateway takes 100, and that many messages at once. */
const PER_SOCKET = 100;

const QUERY = 'subscription ($pageId: ID!) { counterChanged(pageId: $pageId) { count } }';

interface Result {
  readonly counterChanged: { readonly count: number };
}

/** Watches pages through one gateway without being on them, and keeps what it was shown of each. */
export class PageWatch {
  private readonly clients: Client[] = [];
  private readonly pages = new Map<string, Shown[]>();

  /** `liveUrl` is that of the gateway itself. It comes back soon after a loss, as often as need be. */
  constructor(liveUrl: string, pageIds: readonly string[]) {
    for (let at = 0; at < pageIds.length; at += PER_SOCKET) {
      const client = createClient({
        url: liveUrl,
        webSocketImpl: WebSocket,
        retryAttempts: Infinity,
        shouldRetry: () => true,
        retryWait: () => new Promise((done) => setTimeout(done, 100)),
      });
      this.clients.push(client);
      for (const pageId of pageIds.slice(at, at + PER_SOCKET)) this.watch(client, pageId);
    }
  }

  /** What was shown of a page since `begin`, the value of that time included. */
  shown(pageId: string): readonly Shown[] {
    return this.pages.get(pageId) ?? [];
  }

  /** How many pages are not known to have this count, by what was shown last. */
  without(count: number): number {
    return [...this.pages.values()].filter((shown) => shown.at(-1)?.count !== count).length;
  }

  /** Forgets what was shown before the values of now. */
  begin(): void {
    for (const shown of this.pages.values()) shown.splice(0, shown.length - 1);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.clients.map((client) => client.dispose()));
  }

  private watch(client: Client, pageId: string): void {
    const shown: Shown[] = [];
    this.pages.set(pageId, shown);
    client.subscribe<Result>(
      { query: QUERY, variables: { pageId } },
      {
        next: ({ data }) => {
          if (data) shown.push({ atMs: performance.now(), count: data.counterChanged.count });
        },
        error: () => undefined,
        complete: () => undefined,
      },
    );
  }
}
