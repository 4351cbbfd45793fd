import { complain } from './complain.js';
import { gatewayUrl } from './gateway-url.js';
import type { TokenSource } from './live-connection.js';
import { lease } from './live-connections.js';
import type { LiveState } from './live-state.js';
import {
  viewingOperation,
  watchingOperation,
  type LiveCounter,
  type Operation,
} from './operations.js';
import type { Pace } from './pace.js';
import { meantPageId } from './page-id.js';
import type { Refusal } from './refusal.js';
import { safely } from './safely.js';
import { keptViewerId, randomId } from './viewer-id.js';

/** How to reach a gateway, and as whom. */
export interface HeadcountOptions {
  /**
   * Where gateways take sockets, for example `wss://live.example.org/graphql`. In a browser it may be relative to the page.
   */
  readonly url: string;
  /**
   * Who is there. Default: a random id that the browser keeps, or with a token, whom that names.
   */
  readonly viewerId?: string | null;
  /**
   * Gives a token, anew for every connection, where the gateway asks for one. Gives it none, this watches without being
   * present, as long as the gateway lets everyone read.
   */
  readonly token?: TokenSource | null;
  /** A WebSocket class, for Node before version 22. Default: that of the platform. */
  readonly webSocket?: unknown;
}

/** What else may be wanted of a subscription. */
export interface Watching {
  /** Told of each new state; it begins as `connecting`. After the value that made it `live`. */
  readonly onState?: (state: LiveState) => void;
  /**
   * Told when the gateway refuses; `code` is that of the error catalogue. Without it the console is told. Where trying
   * again can help, that is done.
   */
  readonly onError?: (error: Refusal) => void;
}

/**
 * Takes each newer value. Values that come faster than they can be sent are skipped, never queued. What it throws is
 * reported as an uncaught error, once, and changes nothing.
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

/**
 * Connects to a gateway as soon as something is subscribed to, with one socket for everything, and
 * keeps coming back. When a browser leaves the page its viewer leaves at once; brought back by the
 * back button it is there again. A subscription that ends and begins again within a turn goes on, also where
 * another Headcount of the same options takes its place.
 * Throws BadGatewayUrl for an address that is none.
 */
export function createHeadcount(options: HeadcountOptions): Headcount {
  return headcountFor(options, 0);
}

export function headcountFor(options: HeadcountOptions, lingerMs: number): Headcount;
export function headcountFor(
  options: HeadcountOptions,
  lingerMs: number,
  pace: Pace,
): Headcount | null;
/**
 * `lingerMs`: for how long its socket waits for another of the same options after its end. Null: it would need a
 * connection that `pace` does not allow.
 */
export function headcountFor(
  options: HeadcountOptions,
  lingerMs: number,
  pace?: Pace,
): Headcount | null {
  const base = typeof document === 'undefined' ? undefined : document.baseURI;
  const url = gatewayUrl(String(options.url), base);
  const token = options.token ?? undefined;
  const named = String(options.viewerId ?? '') || undefined;
  const viewerId = named ?? (token ? undefined : ownViewerId());
  const { webSocket } = options;
  const leased = lease(
    [url, viewerId, token, webSocket],
    () => ({ url, named, token, webSocket, viewerId: () => viewerId ?? ownViewerId() }),
    pace,
  );
  if (leased === null) return null;
  const { connection, release } = leased;
  const stops = new Set<Stop>();
  let isDisposed = false;

  function subscribe(operation: Operation, onCount: OnCount, watching: Watching = {}): Stop {
    if (isDisposed) return () => undefined;
    let isStopped = false;
    const tell = (act: () => unknown): void => {
      if (!isStopped) safely(stop, act);
    };
    const end = connection.subscribe(operation, {
      value: (counter) => tell(() => onCount(counter)),
      state: (state) => tell(() => watching.onState?.(state)),
      refused: (refusal) =>
        tell(() => {
          const { onError } = watching;
          if (onError) return onError.call(watching, refusal);
          if (!refusal.isConnection)
            complain(`${operation.key} is refused: ${refusal.message} (${refusal.code})`);
          return undefined;
        }),
    });
    function stop(): void {
      isStopped = true;
      stops.delete(stop);
      end();
    }
    stops.add(stop);
    return stop;
  }

  return {
    viewerId,
    viewing: (pageId, onCount, watching) =>
      subscribe(viewingOperation(meantPageId(String(pageId))), onCount, watching),
    counterChanged: (pageId, name, onCount, watching) =>
      subscribe(watchingOperation(meantPageId(String(pageId)), String(name)), onCount, watching),
    dispose: () => {
      isDisposed = true;
      for (const stop of stops) stop();
      release(lingerMs);
    },
  };
}

/** Where a browser keeps none, one for each page; outside of browsers a new one each time. */
let ownOfPage: string | undefined;

function ownViewerId(): string {
  if (typeof document === 'undefined') return randomId();
  ownOfPage ??= keptViewerId(() => globalThis.localStorage);
  return ownOfPage;
}
