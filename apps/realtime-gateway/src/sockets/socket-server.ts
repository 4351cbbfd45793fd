import { STATUS_CODES, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { Logger } from '@nestjs/common';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Clock } from '@headcount/platform';
import { errorEntry, type ErrorCode } from '@headcount/protocol';
import type { FanoutMetrics } from '../fanout/fanout-metrics.js';
import { HELD_BYTES_MAX, Outbox } from '../fanout/outbox.js';
import type { Presence } from '../presence/presence.js';
import { SUBPROTOCOL, admitUpgrade, type OriginPolicy } from './admission.js';
import { Connection, type ConnectionRules } from './connection.js';
import { CLOSE_MS_MAX, drainAll } from './drain-plan.js';
import { keepAlive, type KeepAliveTimes } from './keep-alive.js';
import { MessageRate } from './message-rate.js';
import { Room } from './room.js';
import type { SocketMetrics } from './socket-metrics.js';

/** Largest message of a client, in bytes: an operation needs a few hundred. */
const MESSAGE_BYTES_MAX = 65_536;

const INTERNAL_CLOSE = 4500;

/** Why a socket may not stay, for now. */
type SentAway = 'SHUTTING_DOWN' | 'TOO_MANY' | 'TOO_SLOW';

export interface SocketServerOptions {
  readonly rules: ConnectionRules;
  readonly presence: Presence;
  readonly metrics: SocketMetrics;
  readonly fanoutMetrics: FanoutMetrics;
  readonly clock: Clock;
  readonly origins: OriginPolicy;
  readonly keepAliveTimes: KeepAliveTimes;
  readonly socketsMax: number;
  readonly socketsPerAddressMax: number;
  readonly drainMs: number;
  readonly slowMs: number;
  readonly messagesPerSecondMax: number;
}

/**
 * The WebSockets of this gateway: lets them in, keeps them alive, hands their messages on, ends
 * them.
 */
export class SocketServer {
  private readonly logger = new Logger(SocketServer.name);
  private readonly room: Room;
  private lastSocketId = 0;
  private draining = false;
  private readonly sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    // Values are small, and a compressor for each socket would take more memory than all the rest.
    perMessageDeflate: false,
    handleProtocols: () => SUBPROTOCOL,
  });

  constructor(private readonly options: SocketServerOptions) {
    const { socketsMax: max, socketsPerAddressMax: perAddressMax } = options;
    this.room = new Room({ max, perAddressMax });
  }

  /** Takes the upgrades of an HTTP server. */
  attach(server: HttpServer): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      // A connection may break at any moment; until `ws` listens, nobody else would hear of it.
      socket.on('error', () => socket.destroy());
      this.upgrade(request, socket, head);
    });
  }

  /**
   * Lets nobody in any more, and sends all away over some seconds; resolves when they have gone.
   */
  async drain(): Promise<void> {
    this.draining = true;
    const { wsCloseCode, title } = errorEntry('SHUTTING_DOWN');
    await drainAll(this.sockets.clients, {
      spreadMs: this.options.drainMs,
      end: (socket) => socket.close(wsCloseCode, title),
      cut: (socket) => socket.terminate(),
    });
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { headers, url = '' } = request;
    const asked = {
      target: url,
      host: headers.host,
      origin: headers.origin,
      subprotocols: headers['sec-websocket-protocol'],
    };
    const admitted = admitUpgrade(asked, this.options.origins);
    if (!admitted.ok) return this.refuse(socket, admitted.error);
    const address = request.socket.remoteAddress ?? '';
    const noRoom = this.noRoomFor(address);
    const { viewerInAddress } = admitted.value;
    this.sockets.handleUpgrade(request, socket, head, (webSocket) => {
      // What broke is told by the close that follows.
      webSocket.on('error', () => undefined);
      if (noRoom === null) this.opened(webSocket, socket, { address, viewerInAddress });
      else this.sendAway(webSocket, noRoom);
    });
  }

  private noRoomFor(address: string): SentAway | null {
    if (this.draining) return 'SHUTTING_DOWN';
    return this.room.admits(address, this.sockets.clients.size) ? null : 'TOO_MANY';
  }

  /** Who asks for the wrong thing is told so by HTTP. */
  private refuse(socket: Duplex, code: ErrorCode): void {
    const { httpStatus: status } = errorEntry(code);
    this.options.metrics.refused.inc({ code });
    const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`;
    socket.end(`${head}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  }

  /**
   * Who only comes at the wrong time is told so by a close code. Stock clients come back after
   * that, but take an upgrade that is refused for the end.
   */
  private sendAway(socket: WebSocket, code: SentAway): void {
    const { wsCloseCode, title } = errorEntry(code);
    this.options.metrics.refused.inc({ code });
    socket.close(wsCloseCode, title);
    const patience = setTimeout(() => socket.terminate(), CLOSE_MS_MAX);
    socket.once('close', () => clearTimeout(patience));
  }

  private opened(
    socket: WebSocket,
    under: Duplex,
    {
      address,
      viewerInAddress,
    }: { readonly address: string; readonly viewerInAddress: string | null },
  ): void {
    const { rules, metrics, presence, keepAliveTimes } = this.options;
    const outbox = this.outboxOf(socket, under);
    const wire = {
      send: (text: string) => this.send(socket, text),
      close: (code: number, reason: string) => socket.close(code, reason),
      broken: (cause: unknown) => this.broken(socket, cause),
    };
    this.lastSocketId += 1;
    const connection = new Connection(wire, rules, outbox, {
      socketId: this.lastSocketId,
      viewerInAddress,
    });
    this.room.enter(address);
    metrics.open.inc();
    metrics.opened.inc();
    keepAlive(socket, keepAliveTimes);
    this.listen(socket, under, connection);
    socket.once('close', (code) => {
      this.room.leave(address);
      metrics.open.dec();
      metrics.closed.inc({ code });
      // First presence, whatever becomes of the subscriptions: nobody stays who has no socket.
      if (connection.visitor !== null) presence.leave(connection.visitor);
      connection.closed();
    });
  }

  private outboxOf(socket: WebSocket, under: Duplex): Outbox {
    const { slowMs, fanoutMetrics } = this.options;
    return new Outbox({
      connection: under,
      isOpen: () => socket.readyState === socket.OPEN,
      slowMs,
      onSlow: () => this.sendAway(socket, 'TOO_SLOW'),
      metrics: fanoutMetrics,
    });
  }

  private listen(socket: WebSocket, under: Duplex, connection: Connection): void {
    const { clock, messagesPerSecondMax } = this.options;
    const rate = new MessageRate(messagesPerSecondMax, clock.monotonicMs());
    socket.on('message', (bytes) => {
      if (socket.readyState !== socket.OPEN) return;
      if (!rate.admits(clock.monotonicMs())) return this.sendAway(socket, 'TOO_MANY');
      connection.take(String(bytes));
      // Who does not take in what it is answered is not listened to until it does.
      if (under.writableLength > HELD_BYTES_MAX && !socket.isPaused) {
        socket.pause();
        under.once('drain', () => socket.resume());
      }
    });
  }

  /** Resolves when the message has left this process, so that who is slow to take it is given fewer. */
  private send(socket: WebSocket, text: string): Promise<void> {
    return new Promise((resolve) => {
      if (socket.readyState !== socket.OPEN) return resolve();
      // Of a socket that has gone meanwhile, failed sends are no news: its close follows.
      socket.send(text, () => resolve());
    });
  }

  private broken(socket: WebSocket, cause: unknown): void {
    this.logger.error({ err: cause }, 'a socket failed');
    socket.close(INTERNAL_CLOSE, errorEntry('INTERNAL').title);
  }
}
