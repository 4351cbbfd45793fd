/**
 * One socket that speaks graphql-transport-ws (github.com/enisdenjo/graphql-ws, PROTOCOL.md), from connection_init to its
 * close. What is done for its operations is somebody else's matter.
 */
import { GraphQLError } from 'graphql';
import {
  CloseCode,
  MessageType,
  parseMessage,
  type Message,
  type SubscribePayload,
} from 'graphql-ws';
import { formatGraphqlError } from '@headcount/platform';
import { HeadcountError, errorEntry, type ErrorCode } from '@headcount/protocol';
import type { Visitor } from '../presence/visitor.js';
import type { Outbox } from '../fanout/outbox.js';

/** What a connection is on. */
export interface Wire {
  /** Resolves when the message has left this process, or can no longer. */
  readonly send: (text: string) => Promise<void>;
  readonly close: (code: number, reason: string) => void;
  /** Told of what should not have happened; the socket is closed. */
  readonly broken: (cause: unknown) => void;
}

/** An operation that goes on. */
export interface Running {
  /** Ends it. Ended twice it ends once. */
  end(): void;
}

/** Which socket it is. */
export interface SocketOrigin {
  readonly socketId: number;
  /** The viewer id of the address (`?v=`); null: none. */
  readonly viewerInAddress: string | null;
}

/** Somebody who may speak, and until when. */
export interface Admitted {
  readonly visitor: Visitor;
  /** Calls `act` when that is over; the result calls it off. */
  readonly whenOver: (act: () => void) => () => void;
}

/** Who may speak, and what becomes of what is asked. */
export interface ConnectionRules {
  readonly initTimeoutMs: number;
  readonly operationsMax: number;
  /** Who speaks; a code: nobody who may. */
  readonly visitorOf: (
    params: Record<string, unknown>,
    from: SocketOrigin,
  ) => Promise<Admitted | ErrorCode>;
  /** Begins an operation, whose results go through `connection`; null: it is over already. */
  readonly operate: (
    connection: Connection,
    visitor: Visitor,
    id: string,
    payload: SubscribePayload,
  ) => Running | null;
}

/** Where a refusal names no close code of its own. */
const BAD_REQUEST_CLOSE = errorEntry('BAD_REQUEST').wsCloseCode ?? CloseCode.BadRequest;

export class Connection {
  visitor: Visitor | null = null;
  private readonly running = new Map<string, Running | null>();
  private isInitialised = false;
  private isClosed = false;
  private forgetEnd: () => void = () => undefined;
  private initTimer: NodeJS.Timeout | null;

  constructor(
    private readonly wire: Wire,
    private readonly rules: ConnectionRules,
    readonly outbox: Outbox,
    readonly from: SocketOrigin,
  ) {
    this.initTimer = setTimeout(
      () =>
        this.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout'),
      rules.initTimeoutMs,
    );
  }

  /** Takes a message of the client. */
  take(text: string): void {
    try {
      this.heed(text);
    } catch (cause) {
      this.wire.broken(cause);
    }
  }

  /** One result of an operation; resolves when the next one may be sent. */
  next(id: string, payload: object): Promise<void> {
    return this.send({ id, type: MessageType.Next, payload });
  }

  /** The operation is over, as the server sees it. */
  complete(id: string): void {
    this.running.delete(id);
    this.tell({ id, type: MessageType.Complete });
  }

  /** The operation ends with errors, or has not begun because of them. */
  fail(id: string, errors: readonly GraphQLError[]): void {
    this.running.delete(id);
    this.tell({ id, type: MessageType.Error, payload: errors.map(formatGraphqlError) });
  }

  /** Closes because of a code of the catalogue. */
  refuse(code: ErrorCode): void {
    const { wsCloseCode = BAD_REQUEST_CLOSE, title } = errorEntry(code);
    this.close(wsCloseCode, title);
  }

  /** The socket has closed. */
  closed(): void {
    this.isClosed = true;
    if (this.initTimer !== null) clearTimeout(this.initTimer);
    this.forgetEnd();
    this.outbox.close();
    const all = [...this.running.values()];
    this.running.clear();
    for (const each of all) each?.end();
  }

  private heed(text: string): void {
    let message: Message;
    try {
      message = parseMessage(text);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : 'Invalid message received';
      // A close reason has at most 123 bytes (RFC 6455, section 5.5).
      return this.close(CloseCode.BadRequest, reason.slice(0, 100));
    }
    switch (message.type) {
      case MessageType.ConnectionInit:
        return this.initialise(message.payload ?? {});
      case MessageType.Ping:
        return this.tell({ type: MessageType.Pong, payload: message.payload });
      case MessageType.Pong:
        return;
      case MessageType.Subscribe:
        return this.subscribe(message.id, message.payload);
      case MessageType.Complete:
        return this.end(message.id);
      default:
        return this.close(CloseCode.BadRequest, `Unexpected message of type ${message.type}`);
    }
  }

  private initialise(params: Record<string, unknown>): void {
    if (this.isInitialised)
      return this.close(
        CloseCode.TooManyInitialisationRequests,
        'Too many initialisation requests',
      );
    this.isInitialised = true;
    const admitting = this.rules.visitorOf(params, this.from).then((admitted) => {
      if (this.isClosed) return;
      if (typeof admitted === 'string') return this.refuse(admitted);
      if (this.initTimer !== null) clearTimeout(this.initTimer);
      this.initTimer = null;
      this.visitor = admitted.visitor;
      this.forgetEnd = admitted.whenOver(() => this.refuse('TOKEN_EXPIRED'));
      this.tell({ type: MessageType.ConnectionAck });
    });
    admitting.catch((cause: unknown) => this.wire.broken(cause));
  }

  private subscribe(id: string, payload: SubscribePayload): void {
    const { visitor } = this;
    if (visitor === null) return this.close(CloseCode.Unauthorized, 'Unauthorized');
    if (this.running.has(id))
      return this.close(
        CloseCode.SubscriberAlreadyExists,
        `Subscriber for ${id.slice(0, 60)} already exists`,
      );
    if (this.running.size >= this.rules.operationsMax)
      return this.fail(id, [graphqlErrorOf(new HeadcountError('TOO_MANY'))]);
    this.running.set(id, null);
    const running = this.rules.operate(this, visitor, id, payload);
    // It may have ended meanwhile.
    if (this.running.has(id)) this.running.set(id, running);
    else running?.end();
  }

  private end(id: string): void {
    const running = this.running.get(id);
    this.running.delete(id);
    running?.end();
  }

  private tell(message: object): void {
    void this.send(message);
  }

  private send(message: object): Promise<void> {
    return this.wire.send(JSON.stringify(message));
  }

  private close(code: number, reason: string): void {
    this.wire.close(code, reason);
  }
}

/** What was thrown, as GraphQL has it. */
export function graphqlErrorOf(cause: unknown): GraphQLError {
  if (cause instanceof GraphQLError) return cause;
  const originalError = cause instanceof Error ? cause : new Error(String(cause));
  return new GraphQLError(originalError.message, { originalError });
}
