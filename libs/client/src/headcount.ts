import type { Client } from 'graphql-ws/client';
import { gatewayUrl } from './gateway-url.js';
import { nextState, type LiveEvent, type LiveState } from './live-state.js';
import { COUNTER_CHANGED, VIEWING, type CounterResult, type LiveCounter } from './operations.js';
import { onPageLifecycle, type PageEvents } from './page-lifecycle.js';
import { socketClient } from './socket-client.js';
import { keptViewerId } from './viewer-id.js';

/** How to reach a gateway, and as whom. */
export interface HeadcountOptions {
  /** Where gateways take sockets, for example `wss://live.example.org/graphql`. */
  readonly url: string;
  /**
   * Who is there. Default: a random id that the browser keeps, or with a token, whom that names.
   */
  readonly viewerId?: string;
  /** Gives a token, anew for every connection, where the gateway asks for one. */
  readonly token?: () => string | Promise<string>;
  /** A WebSocket class, for Node before version 22. Default: that of the platform. */
  readonly webSocket?: unknown;
}

/** What else may be wanted of a subscription. */
export interface Watching {
  /** Told of each new state; it begins as `connecting`. After the value that made it `live`. */
  readonly onState?: (state: LiveState) => void;
  /**
   * Told when the gateway refuses, which ends the subscription; `code` is that of the error
   * catalogue.
   */
  readonly onError?: (error: { readonly message: string; readonly code: string | null }) => void;
}

/**
 * Takes each newer value. Values that come faster than they can be sent are skipped, never queued.
 */
export type OnCount = (counter: LiveCounter) => void;

/** Ends a subscription. Again: nothing. */
export type Stop = () => void;

/** Live counters over one socket. */
export interface Headcount {
  /** Who the viewer is; undefined where only a token says so. */
  readonly viewerId: string | undefined;
  /** Makes the viewer present on a page until stopped, and tells how many are. */
  viewing(pageId: string, onCount: OnCount, watching?: Watching): Stop;
  /** Tells what a counter shows, without being present. */
  counterChanged(pageId: string, name: string, onCount: OnCount, watching?: Watching): Stop;
  /** Ends everything. Nothing may be subscribed to afterwards. */
  dispose(): void;
}

interface Subscription {
  readonly query: string;
  readonly variables: Record<string, unknown>;
  readonly onCount: OnCount;
  readonly watching: Watching;
  state: LiveState;
  /** Null while the page is hidden away. */
  unsubscribe: Stop | null;
}

/**
 * Connects to a gateway as soon as something is subscribed to, with one socket for everything, and
 * keeps coming back. When a browser leaves the page its viewer leaves at once; brought back by the
 * back button it is there again.
 */
export function createHeadcount(options: HeadcountOptions): Headcount {
  const viewerId =
    options.viewerId ?? (options.token ? undefined : keptViewerId(() => globalThis.localStorage));
  const subscriptions = new Set<Subscription>();
  let client: Client | null = open();

  function open(): Client {
    const opened = socketClient({
      url: gatewayUrl(options.url, viewerId),
      init: async () => ({ viewerId, token: await options.token?.() }),
      webSocket: options.webSocket,
      closed: () => {
        // The end of a client that has been replaced says nothing about the present one.
        if (client !== opened) return;
        for (const subscription of subscriptions) happened(subscription, 'closed');
      },
    });
    return opened;
  }

  function hide(): void {
    const left = client;
    client = null;
    for (const subscription of subscriptions) {
      subscription.unsubscribe?.();
      subscription.unsubscribe = null;
      if (subscription.state === 'live') happened(subscription, 'closed');
    }
    // It rejects where a connection was just being made and fails; that is no matter any more.
    Promise.resolve(left?.dispose()).catch(() => undefined);
  }

  function show(): void {
    client ??= open();
    for (const subscription of subscriptions) begin(client, subscription);
  }

  function subscribe(
    query: string,
    variables: Record<string, unknown>,
    onCount: OnCount,
    watching: Watching = {},
  ): Stop {
    const subscription: Subscription = {
      query,
      variables,
      onCount,
      watching,
      state: 'connecting',
      unsubscribe: null,
    };
    subscriptions.add(subscription);
    if (client !== null) begin(client, subscription);
    return () => {
      subscriptions.delete(subscription);
      subscription.unsubscribe?.();
      subscription.unsubscribe = null;
    };
  }

  const page: PageEvents | null = typeof window === 'undefined' ? null : window;
  const leave = page && onPageLifecycle(page, hide, show);
  return {
    viewerId,
    viewing: (pageId, onCount, watching) => subscribe(VIEWING, { pageId }, onCount, watching),
    counterChanged: (pageId, name, onCount, watching) =>
      subscribe(COUNTER_CHANGED, { pageId, name }, onCount, watching),
    dispose: () => {
      leave?.();
      hide();
      subscriptions.clear();
    },
  };
}

function begin(client: Client, subscription: Subscription): void {
  const { query, variables, onCount, watching } = subscription;
  const refused = (cause: unknown): void => {
    happened(subscription, 'refused');
    watching.onError?.(refusalOf(cause));
  };
  subscription.unsubscribe = client.subscribe<CounterResult>(
    { query, variables },
    {
      next: ({ data, errors }) => {
        // Its end may have been asked for while the value was on its way.
        if (subscription.unsubscribe === null) return;
        if (!data) return refused(errors);
        // First the number: whoever is told that it is live must not have an old one.
        onCount(data.counter);
        happened(subscription, 'value');
      },
      error: refused,
      complete: () => undefined,
    },
  );
}

function happened(subscription: Subscription, event: LiveEvent): void {
  const state = nextState(subscription.state, event);
  if (state === subscription.state) return;
  subscription.state = state;
  subscription.watching.onState?.(state);
}

/** The gateway's refusal: a list of GraphQL errors, or the close of the socket. */
function refusalOf(cause: unknown): { readonly message: string; readonly code: string | null } {
  const [first] = Array.isArray(cause) ? (cause as readonly unknown[]) : [cause];
  const { message, reason, extensions } = Object(first) as {
    readonly message?: unknown;
    readonly reason?: unknown;
    readonly extensions?: { readonly code?: unknown };
  };
  const code = extensions?.code;
  return {
    message: String(message ?? reason ?? 'the gateway refuses'),
    code: typeof code === 'string' ? code : null,
  };
}
