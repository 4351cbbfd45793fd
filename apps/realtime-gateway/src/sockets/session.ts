import type { Duplex } from 'node:stream';
import { WebSocket, type RawData } from 'ws';
import type { Clock } from '@headcount/platform';
import { HELD_BYTES_MAX, Outbox, type OutboxRules } from '../fanout/outbox.js';
import { Connection, type ConnectionRules, type SocketOrigin, type Wire } from './connection.js';
import { closeReason } from './close-reason.js';
import type { KeepAlive } from './keep-alive.js';
import { MessageRate, type MessageRateLimits } from './message-rate.js';

/** What all sockets of a server share. */
export interface House {
  readonly rules: ConnectionRules;
  readonly outboxRules: OutboxRules;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly messageRate: MessageRateLimits;
  readonly keepAlive: KeepAlive<WebSocket>;
  /** It says too much. */
  readonly onTooMuch: (socket: WebSocket) => void;
  /** Something has failed that should not. */
  readonly onBroken: (socket: WebSocket, cause: unknown) => void;
  readonly onClosed: (session: Session, code: number) => void;
}

/** A WebSocket that knows its session, so that its listeners need not be made for each: closures are most of what a socket takes. */
export class GatewaySocket extends WebSocket {
  session: Session | null = null;
}

/** One socket that was let in, from its opening to its close. */
export class Session implements Wire {
  readonly connection: Connection;
  private readonly rate: MessageRate;

  constructor(
    private readonly socket: GatewaySocket,
    private readonly under: Duplex,
    readonly from: SocketOrigin,
    private readonly house: House,
  ) {
    const { rules, outboxRules, clock, messageRate, keepAlive } = house;
    this.rate = new MessageRate(messageRate, clock.monotonicMs());
    this.connection = new Connection(this, rules, new Outbox(under, socket, outboxRules), from);
    socket.session = this;
    socket.on('message', onMessage).on('ping', onPing).on('pong', onPong).on('close', onClose);
    keepAlive.heard(socket);
  }

  /** Resolves when the message has left this process, so that who is slow to take it is given fewer. */
  send(text: string): Promise<void> {
    const { socket } = this;
    return new Promise((resolve) => {
      if (socket.readyState !== socket.OPEN) return resolve();
      // Of a socket that has gone meanwhile, failed sends are no news: its close follows.
      socket.send(text, () => resolve());
    });
  }

  close(code: number, reason: string): void {
    this.socket.close(code, closeReason(reason));
  }

  broken(cause: unknown): void {
    this.house.onBroken(this.socket, cause);
  }

  message(text: string): void {
    const { socket, under } = this;
    if (!this.admits(text.length)) return;
    this.connection.take(text);
    // Who does not take in what it is answered is not listened to until it does.
    if (under.writableLength <= HELD_BYTES_MAX || socket.isPaused) return;
    socket.pause();
    under.once('drain', () => socket.resume());
  }

  spend(cost: number): boolean {
    const { socket, house, rate } = this;
    const admitted = rate.admitsCost(house.clock.monotonicMs(), cost);
    if (!admitted) house.onTooMuch(socket);
    return admitted;
  }

  giveBack(): void {
    this.rate.giveBack();
  }

  pong(bytes: number): void {
    if (this.admits(bytes)) this.house.keepAlive.heard(this.socket);
  }

  /** Takes into account what it says; false: nothing of it is heeded. */
  admits(bytes: number): boolean {
    const { socket, house, rate } = this;
    if (socket.readyState !== socket.OPEN) return false;
    const admitted = rate.admits(house.clock.monotonicMs(), bytes);
    if (!admitted) house.onTooMuch(socket);
    return admitted;
  }

  closed(code: number): void {
    this.house.keepAlive.forget(this.socket);
    this.house.onClosed(this, code);
    this.connection.closed();
  }
}

function onMessage(this: WebSocket, data: RawData): void {
  (this as GatewaySocket).session?.message(String(data));
}

function onPing(this: WebSocket, { length }: Buffer): void {
  (this as GatewaySocket).session?.admits(length);
}

function onPong(this: WebSocket, { length }: Buffer): void {
  (this as GatewaySocket).session?.pong(length);
}

function onClose(this: WebSocket, code: number): void {
  (this as GatewaySocket).session?.closed(code);
}
