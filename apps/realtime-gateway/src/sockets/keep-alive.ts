import type { WebSocket } from 'ws';

/** When a socket is taken for gone. */
export interface KeepAliveTimes {
  /** Pause after a pong before the next ping. */
  readonly pingIntervalMs: number;
  /** Patience for the pong. */
  readonly pongTimeoutMs: number;
}

/**
 * Pings a socket until it closes, and ends it without ceremony when a pong is missing: whoever is
 * at the other end is gone or takes nothing in, so a close could not be said either.
 * A vanished socket is found after at most the sum of the two times.
 */
export function keepAlive(
  socket: WebSocket,
  { pingIntervalMs, pongTimeoutMs }: KeepAliveTimes,
): void {
  let timer: NodeJS.Timeout;
  const rest = (): void => {
    clearTimeout(timer);
    timer = setTimeout(ask, pingIntervalMs);
  };
  const ask = (): void => {
    socket.ping();
    timer = setTimeout(() => socket.terminate(), pongTimeoutMs);
  };
  socket.on('pong', rest);
  socket.once('close', () => {
    socket.off('pong', rest);
    clearTimeout(timer);
  });
  rest();
}
