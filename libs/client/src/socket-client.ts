import { createClient, type Client } from 'graphql-ws/client';
import { backoffMs } from './backoff.js';

/** Pause before a quiet connection is asked for a sign of life. */
const PING_EVERY_MS = 10_000;

/**
 * Patience for it: with the pause above, a number is never shown as live for more than 15 s too
 * long.
 */
const PONG_MS_MAX = 5_000;

/**
 * How long a socket without a subscription stays open: long enough to change from one page to the
 * next.
 */
const IDLE_MS = 1_000;

/** What a connection is made of. */
export interface SocketClientOptions {
  readonly url: string;
  /** What is said in connection_init. */
  readonly init: () => Promise<Record<string, unknown>>;
  /** The sockets of the platform, unless others are given. */
  readonly webSocket: unknown;
  /** Called whenever a socket has closed or could not be opened. */
  readonly closed: () => void;
}

/**
 * A graphql-ws client that comes back for ever, after pauses that grow, and at once when the
 * browser is online again. It opens its socket with the first subscription.
 */
export function socketClient({ url, init, webSocket, closed }: SocketClientOptions): Client {
  let pongMissing: ReturnType<typeof setTimeout> | undefined;
  let operations = 0;
  const client = createClient({
    url,
    connectionParams: init,
    webSocketImpl: webSocket,
    lazyCloseTimeout: IDLE_MS,
    // Short, and alike from client to client: the gateway then makes one frame for all of them.
    generateID: () => String((operations += 1)),
    keepAlive: PING_EVERY_MS,
    retryAttempts: Infinity,
    // By default an attempt that fails to connect at all would be the last one.
    shouldRetry: () => true,
    retryWait: (failedAttempts) => pause(backoffMs(failedAttempts, randomFraction())),
    on: {
      ping: (received) => {
        if (!received) pongMissing = setTimeout(() => client.terminate(), PONG_MS_MAX);
      },
      pong: (received) => {
        if (received) clearTimeout(pongMissing);
      },
      closed: () => {
        clearTimeout(pongMissing);
        closed();
      },
    },
  });
  return client;
}

/** Resolves after the time, or as soon as the browser says that there is a network again. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      globalThis.removeEventListener?.('online', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    globalThis.addEventListener?.('online', done);
  });
}

function randomFraction(): number {
  const [bits = 0] = crypto.getRandomValues(new Uint32Array(1));
  return bits / 2 ** 32;
}
