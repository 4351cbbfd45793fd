import { createClient, type Client } from 'graphql-ws';
import WebSocket from 'ws';
import { pause } from './crowd.js';

/** Viewers of one shared page; a page each is their own. */
const PER_SHARED_PAGE = 100;

/** Their own page they are told of at once; that of others as often as suffices. */
const OWN = 'subscription ($pageId: ID!) { page: viewing(pageId: $pageId) { count } }';
const SHARED =
  'subscription ($pageId: ID!) { page: viewing(pageId: $pageId, every: 500) { count } }';

interface Result {
  readonly page: { readonly count: number };
}

/** One viewer with the graphql-ws client as it comes: nothing is set but where to go and who one is. */
class StockViewer {
  readonly ownPage: string;
  readonly sharedPage: string;
  /** What it was told last on the socket that it has now. */
  own: number | null = null;
  shared: number | null = null;
  /** Why a subscription has ended for good. */
  lost: unknown = null;
  private readonly client: Client;

  constructor(
    url: string,
    number: number,
    private readonly happened: (what: 'connected' | 'closed', viewer: StockViewer) => void,
  ) {
    this.ownPage = `own-${number}`;
    this.sharedPage = `shared-${Math.floor(number / PER_SHARED_PAGE)}`;
    this.client = createClient({
      url,
      webSocketImpl: WebSocket,
      connectionParams: { viewerId: `viewer-${number}` },
      on: {
        connected: () => this.happened('connected', this),
        closed: () => {
          [this.own, this.shared] = [null, null];
          this.happened('closed', this);
        },
      },
    });
    this.subscribe(OWN, this.ownPage, (count) => (this.own = count));
    this.subscribe(SHARED, this.sharedPage, (count) => (this.shared = count));
  }

  async close(): Promise<void> {
    await this.client.dispose();
  }

  private subscribe(query: string, pageId: string, show: (count: number) => void): void {
    this.client.subscribe<Result>(
      { query, variables: { pageId } },
      {
        next: ({ data }) => {
          if (data) show(data.page.count);
        },
        error: (cause) => (this.lost = cause),
        complete: () => (this.lost ??= 'it was completed'),
      },
    );
  }
}

/** What graphql-ws says of a subscription that it gives up: how the socket closed, or that it could not be opened. */
function inWords(cause: unknown): string {
  const { code, reason, message } = Object(cause) as Record<string, unknown>;
  return [code, reason, message].filter((part) => part !== undefined).join(' ') || String(cause);
}

/** Many of them, each on a page of its own and on one that a hundred share. */
export class StockViewers {
  /** When one has connected since `begin`, in milliseconds. */
  connectedMs: number[] = [];
  /** The own pages of those whose socket has closed since then. */
  readonly moved = new Set<string>();
  private readonly viewers: StockViewer[] = [];

  /** Lets them come to `url`, some at a time. */
  static async come(url: string, count: number): Promise<StockViewers> {
    const all = new StockViewers();
    for (let number = 0; number < count; number += 1) {
      all.viewers.push(new StockViewer(url, number, (what, viewer) => all.note(what, viewer)));
      if (number % 50 === 49) await pause(50);
    }
    return all;
  }

  get ownPages(): string[] {
    return this.viewers.map(({ ownPage }) => ownPage);
  }

  /** Every page and how many are on it, the whole site among them. */
  get truth(): ReadonlyMap<string, number> {
    const truth = new Map([['@site', this.viewers.length]]);
    for (const page of this.viewers.flatMap(({ ownPage, sharedPage }) => [ownPage, sharedPage]))
      truth.set(page, (truth.get(page) ?? 0) + 1);
    return truth;
  }

  /** Why those have ended that will not come back by themselves, in words. */
  get lost(): string[] {
    return this.viewers.flatMap(({ ownPage, lost }) =>
      lost === null ? [] : [`${ownPage}: ${inWords(lost)}`],
    );
  }

  /** Some of those who have not been told the true counts yet, with what they were told last. */
  get puzzled(): string[] {
    const { truth } = this;
    return this.viewers
      .filter(({ own, shared, sharedPage }) => own !== 1 || shared !== truth.get(sharedPage))
      .slice(0, 3)
      .map(
        ({ ownPage, own, shared, sharedPage }) =>
          `${ownPage}: ${own}, and ${shared} on ${sharedPage}`,
      );
  }

  /** How many have not been told the true counts yet on the socket that they have now. */
  get untold(): number {
    const { truth } = this;
    return this.viewers.filter(
      ({ own, shared, sharedPage }) => own !== 1 || shared !== truth.get(sharedPage),
    ).length;
  }

  begin(): void {
    this.connectedMs = [];
    this.moved.clear();
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.viewers.map((viewer) => viewer.close()));
  }

  private note(what: 'connected' | 'closed', { ownPage }: StockViewer): void {
    if (what === 'connected') this.connectedMs.push(performance.now());
    else this.moved.add(ownPage);
  }
}
