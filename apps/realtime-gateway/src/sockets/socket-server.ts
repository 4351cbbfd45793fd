import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Logger } from '@nestjs/common';
import { WebSocketServer, type Server, type ServerOptions, type WebSocket } from 'ws';
import {
  answerOnSocket,
  addressKey,
  type ClientAddresses,
  type Clock,
  type CrowdedAddresses,
  type OriginPolicy,
} from '@headcount/platform';
import { errorEntry, type ErrorCode } from '@headcount/protocol';
import type { Arrivals } from '../arrivals/arrivals.js';
import type { FanoutMetrics } from '../fanout/fanout-metrics.js';
import { Flusher } from '../fanout/flusher.js';
import type { Presence } from '../presence/presence.js';
import { SUBPROTOCOL, admitUpgrade } from './admission.js';
import { closeLabel } from './close-label.js';
import type { ConnectionRules } from './connection.js';
import { drainAll } from './drain-plan.js';
import { KeepAlive, type KeepAliveTimes } from './keep-alive.js';
import { Room } from './room.js';
import { GatewaySocket, Session, type House } from './session.js';
import type { SocketMetrics } from './socket-metrics.js';

/**
 * Most pieces that a message may come in, as frames and as parts of frames: each takes memory beside its bytes.
 */
const MESSAGE_PIECES_MAX = 1024;

/** Patience with a socket that was closed to answer that, in milliseconds; it is cut off after it. */
const CLOSE_ANSWER_MS_MAX = 3000;

/** Timeout for a client that was sent away while the gateway goes on, in milliseconds. */
const SENT_AWAY_MS_MAX = 1000;

/** The setting that bounds the sockets of one address. */
const CAP = 'SOCKETS_PER_ADDRESS_MAX';

/** Why a socket may not stay, for now. */
type SentAway = 'SHUTTING_DOWN' | 'TOO_MANY' | 'TOO_SLOW';

export interface SocketServerOptions {
  readonly rules: ConnectionRules;
  readonly presence: Presence;
  readonly metrics: SocketMetrics;
  readonly fanoutMetrics: FanoutMetrics;
  readonly clock: Clock;
  readonly addresses: Pick<ClientAddresses, 'of'>;
  readonly crowded: Pick<CrowdedAddresses, 'note'>;
  readonly arrivals: Pick<Arrivals, 'of'>;
  readonly origins: OriginPolicy;
  readonly keepAliveTimes: KeepAliveTimes;
  readonly socketsMax: number;
  readonly socketsPerAddressMax: number;
  readonly drainMs: number;
  readonly slowMs: number;
  readonly messagesPerSecondMax: number;
  /** Largest message of a client. */
  readonly messageBytesMax: number;
}

/**
 * The WebSockets of this gateway: lets them in, keeps them alive, hands their messages on, ends
 * them.
 */
export class SocketServer {
  private readonly logger = new Logger(SocketServer.name);
  private readonly room: Room;
  private readonly house: House;
  private lastSocketId = 0;
  private draining = false;
  private readonly sockets: Server<typeof GatewaySocket>;

  constructor(private readonly options: SocketServerOptions) {
    const { socketsMax: max, socketsPerAddressMax: perAddressMax } = options;
    this.room = new Room({
      ...{ max, perAddressMax },
      entered: (address, held) =>
        options.crowded.note({ cap: CAP, address, held, max: perAddressMax }, held - 1),
    });
    this.sockets = new WebSocketServer(webSocketOptions(options.messageBytesMax));
    this.house = this.houseOf(options);
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

  /** Takes the upgrade of a request for which isSocketUpgrade holds. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { headers, url = '' } = request;
    const address = addressKey(this.options.addresses.of(request));
    const arrival = this.options.arrivals.of(address);
    if (arrival === 'refused') return this.refuse(socket, 'TOO_MANY');
    const asked = {
      target: url,
      host: headers.host,
      origin: headers.origin,
      subprotocols: headers['sec-websocket-protocol'],
    };
    const admitted = admitUpgrade(asked, this.options.origins);
    if (!admitted.ok) return this.refuse(socket, admitted.error);
    const noRoom = arrival === 'later' ? 'TOO_MANY' : this.noRoomFor(address);
    this.sockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', toldByClose);
      if (noRoom === null) this.opened(webSocket, socket, { address, target: url });
      else this.sendAway(webSocket, noRoom);
    });
  }

  private houseOf(options: SocketServerOptions): House {
    const { rules, clock, messagesPerSecondMax: perSecond, slowMs, fanoutMetrics } = options;
    return {
      ...{ rules, clock },
      messageRate: { perSecond, operationsMax: rules.operationsMax },
      outboxRules: {
        ...{ slowMs, metrics: fanoutMetrics, flusher: new Flusher(fanoutMetrics) },
        onSlow: (socket) => this.sendAway(socket, 'TOO_SLOW'),
      },
      keepAlive: new KeepAlive(options.keepAliveTimes, clock),
      onTooMuch: (socket) => this.sendAway(socket, 'TOO_MANY'),
      onBroken: (socket, cause) => this.broken(socket, cause),
      onClosed: (session, code) => this.closed(session, code),
    };
  }

  private noRoomFor(address: string): SentAway | null {
    if (this.draining) return 'SHUTTING_DOWN';
    return this.room.admits(address, this.sockets.clients.size) ? null : 'TOO_MANY';
  }

  /** Who asks for the wrong thing is told so by HTTP. */
  private refuse(socket: Duplex, code: ErrorCode): void {
    this.options.metrics.refused.inc({ code });
    answerOnSocket(socket, code);
  }

  /**
   * Who only comes at the wrong time is told so by a close code. Stock clients come back after
   * that, but take an upgrade that is refused for the end.
   */
  private sendAway(socket: WebSocket, code: SentAway): void {
    const { wsCloseCode, title } = errorEntry(code);
    this.options.metrics.refused.inc({ code });
    socket.close(wsCloseCode, title);
    const patience = setTimeout(() => socket.terminate(), SENT_AWAY_MS_MAX);
    socket.once('close', () => clearTimeout(patience));
  }

  private opened(
    socket: GatewaySocket,
    under: Duplex,
    { address, target }: { readonly address: string; readonly target: string },
  ): void {
    const { metrics } = this.options;
    this.lastSocketId += 1;
    const from = { socketId: this.lastSocketId, target, address };
    new Session(socket, under, from, this.house);
    this.room.enter(address);
    metrics.open.inc();
    metrics.opened.inc();
  }

  private closed({ from: { address }, connection: { visitor } }: Session, code: number): void {
    const { metrics, presence } = this.options;
    this.room.leave(address);
    metrics.open.dec();
    metrics.closed.inc({ code: closeLabel(code) });
    // First presence, whatever becomes of the subscriptions: nobody stays who has no socket.
    if (visitor === null) return;
    presence.leave(visitor);
    visitor.holder.leave();
  }

  private broken(socket: WebSocket, cause: unknown): void {
    this.logger.error({ err: cause }, 'a socket failed');
    const { wsCloseCode, title } = errorEntry('INTERNAL');
    socket.close(wsCloseCode, title);
  }
}

function webSocketOptions(maxPayload: number): ServerOptions<typeof GatewaySocket> {
  const options = {
    noServer: true,
    WebSocket: GatewaySocket,
    maxPayload,
    maxFragments: MESSAGE_PIECES_MAX,
    maxBufferedChunks: MESSAGE_PIECES_MAX,
    // Values are small, and a compressor for each socket would take more memory than all the rest.
    perMessageDeflate: false,
    handleProtocols: () => SUBPROTOCOL,
    // Who was sent away is present until it has gone, so it does not get the half minute that is the default.
    closeTimeout: CLOSE_ANSWER_MS_MAX,
  };
  return options;
}

/** What broke is told by the close that follows. */
const toldByClose = (): void => undefined;
