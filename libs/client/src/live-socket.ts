/**
 * One WebSocket that speaks graphql-transport-ws (github.com/enisdenjo/graphql-ws, PROTOCOL.md), from its opening to its
 * end. It never comes back: when to try again is decided for all subscriptions together, by LiveConnection.
 *
 * graphql-ws itself decides that for each subscription, and can be made to reconnect without a pause: after a close with 1000,
 * and after every acknowledgement, since that resets its count. A constructor that throws (mixed content, an address that
 * is none) it never tells of, and an exception of a callback closes the socket of all others.
 */

/** Pause before a quiet connection is asked for a sign of life. */
const PING_EVERY_MS = 10_000;

/**
 * How long one may take: with the pause above, a number is never shown as live for more than 15 s too
 * long.
 */
const PONG_MS_MAX = 5_000;

/** How long it may take from the first packet to the acknowledgement. */
const OPEN_MS_MAX = 20_000;

const SUBPROTOCOL = 'graphql-transport-ws';
const OPEN = 1;

/** Close code for a socket that gives no sign of life, as graphql-ws has it. */
const TERMINATED = 4499;

/** Why a socket has ended, as its close says; code 0: it could not even be made. */
export interface SocketEnd {
  readonly code: number;
  readonly reason: string;
}

/** What comes for an operation: `next`, `error` or `complete`. */
export interface OperationMessage {
  readonly id: string;
  readonly type: string;
  readonly payload?: unknown;
}

export interface SocketEvents {
  readonly acknowledged: () => void;
  readonly message: (message: OperationMessage) => void;
  /** Once, unless `close` was called. */
  readonly ended: (end: SocketEnd) => void;
}

/** The part of a WebSocket that is used. */
interface WebSocketLike {
  readonly readyState: number;
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: SocketEnd) => void) | null;
  onerror: (() => void) | null;
  send(text: string): void;
  close(code: number, reason: string): void;
}

/** A class of WebSockets: that of the platform, or of `ws`. */
export type WebSocketClass = new (url: string, protocol: string) => WebSocketLike;

export class LiveSocket {
  isAcknowledged = false;
  private socket: WebSocketLike | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isAsking = false;

  constructor(
    url: string,
    init: object,
    webSocket: unknown,
    private readonly events: SocketEvents,
  ) {
    this.wait(OPEN_MS_MAX);
    try {
      const socket = new (webSocket as WebSocketClass)(url, SUBPROTOCOL);
      this.socket = socket;
      socket.onopen = () => this.send({ type: 'connection_init', payload: init });
      socket.onmessage = ({ data }) => this.take(data);
      socket.onclose = ({ code, reason }) => this.end({ code, reason });
      // Its close follows; without a listener `ws` would throw.
      socket.onerror = () => undefined;
    } catch (cause) {
      // Not before whoever makes this has it.
      this.timer = restarted(this.timer, () => this.end({ code: 0, reason: String(cause) }), 0);
    }
  }

  send(message: object): void {
    if (this.socket?.readyState === OPEN) this.socket.send(JSON.stringify(message));
  }

  /** Asks for a sign of life at once, where the connection may have been lost meanwhile. */
  check(): void {
    if (!this.isAcknowledged || this.isAsking) return;
    this.isAsking = true;
    this.send({ type: 'ping' });
    this.wait(PONG_MS_MAX);
  }

  /** Closes it; nothing is told of it any more. */
  close(code = 1000, reason = 'Normal Closure'): void {
    clearTimeout(this.timer);
    const { socket } = this;
    this.socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close(code, reason);
  }

  private take(data: unknown): void {
    let message: OperationMessage;
    try {
      message = JSON.parse(String(data)) as OperationMessage;
    } catch {
      return this.end({ code: 4004, reason: 'The gateway sent something that is no JSON.' });
    }
    // Whatever comes is a sign of life.
    if (this.isAcknowledged) this.rest();
    switch (message.type) {
      case 'connection_ack':
        this.isAcknowledged = true;
        this.rest();
        return this.events.acknowledged();
      case 'ping':
        return this.send({ type: 'pong' });
      case 'next':
      case 'error':
      case 'complete':
        return this.events.message(message);
    }
  }

  /** Waits for the time of the next ping. */
  private rest(): void {
    this.isAsking = false;
    this.timer = restarted(this.timer, () => this.check(), PING_EVERY_MS);
  }

  private wait(ms: number): void {
    const end = { code: TERMINATED, reason: 'The gateway does not answer.' };
    this.timer = restarted(this.timer, () => this.end(end), ms);
  }

  private end(end: SocketEnd): void {
    this.close(TERMINATED, 'Terminated');
    this.events.ended(end);
  }
}

function restarted(
  timer: ReturnType<typeof setTimeout> | undefined,
  act: () => void,
  ms: number,
): ReturnType<typeof setTimeout> {
  clearTimeout(timer);
  return setTimeout(act, ms);
}
