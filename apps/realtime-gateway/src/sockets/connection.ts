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
import { HeadcountError, errorEntry, type Result } from '@headcount/protocol';
import type { Visitor } from '../presence/visitor.js';
import type { Outbox } from '../fanout/outbox.js';

/** What a connection is on. */
export interface Wire {
  /** Resolves when the message has left this process, or can no longer. */
  readonly send: (text: string) => Promise<void>;
  readonly close: (code: number, reason: string) => void;
  /** Charges it for an operation of this cost; false: that was too much, and it is closed. */
  readonly spend: (cost: number) => boolean;
  /** Charges nothing for the message that is being taken. */
  readonly giveBack: () => void;
  /** Told of what should not have happened; the socket is closed. */
  readonly broken: (cause: unknown) => void;
}

/** An operation that goes on. */
export interface Running {
  /** Ends it. Ended twice it ends once. */
  end(): void;
}

/** An operation under its id; null: it is about to begin. */
interface Operation {
  readonly id: string;
  /** Its size in characters. */
  readonly text: number;
  running: Running | null;
}

/** Which socket it is. */
export interface SocketOrigin {
  readonly socketId: number;
  /** Path and query that it was opened at. */
  readonly target: string;
  /** The key of the address that it comes from. */
  readonly address: string;
}

/** Somebody who may speak, and until when. */
export interface Admitted {
  /** Takes up room from now on, as the socket is still open; an error: there is none. */
  readonly enter: () => Result<Visitor, HeadcountError>;
  /** Calls `act` when that is over; the result calls it off. */
  readonly whenOver: (act: () => void) => () => void;
}

/** Who may speak, and what becomes of what is asked. */
export interface ConnectionRules {
  readonly initTimeoutMs: number;
  readonly operationsMax: number;
  /** Has the operations of a visitor hold so much text. Throws HeadcountError TOO_MANY. */
  readonly holdText: (visitor: Visitor, characters: number) => void;
  /** Identifies the client; an error: it may not connect. */
  readonly visitorOf: (
    params: Record<string, unknown>,
    from: SocketOrigin,
  ) => Promise<Result<Admitted, HeadcountError>>;
  /** Begins an operation, whose results go through `connection`; null: it is over already. */
  readonly operate: (
    connection: Connection,
    visitor: Visitor,
    id: string,
    payload: SubscribePayload,
  ) => Running | null;
}

/** Longest id of an operation, in UTF-16 units: every value that it is shown carries it. */
const ID_LENGTH_MAX = 256;

/** Where a refusal names no close code of its own. */
const BAD_REQUEST_CLOSE = errorEntry('BAD_REQUEST').wsCloseCode ?? CloseCode.BadRequest;

export class Connection {
  visitor: Visitor | null = null;
  /** Those that go on, in no order: most sockets have few, and a map takes more memory than all else here. */
  private running: Operation[] = [];
  private isInitialised = false;
  private isClosed = false;
  private forgetEnd: (() => void) | null = null;
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
    this.remove(id);
    this.tell({ id, type: MessageType.Complete });
  }

  /** The operation ends with errors, or has not begun because of them. */
  fail(id: string, errors: readonly GraphQLError[]): void {
    this.remove(id);
    this.tell({ id, type: MessageType.Error, payload: errors.map(formatGraphqlError) });
  }

  /** Charges the socket for an operation that is about to begin; false: it is not to begin, for the socket is closed. */
  spend(cost: number): boolean {
    return this.wire.spend(cost);
  }

  /** Closes because of a refusal of the catalogue, whose sentence is the reason. */
  refuse({ code, message }: HeadcountError): void {
    const { wsCloseCode = BAD_REQUEST_CLOSE } = errorEntry(code);
    this.close(wsCloseCode, message);
  }

  /** The socket has closed. */
  closed(): void {
    this.isClosed = true;
    if (this.initTimer !== null) clearTimeout(this.initTimer);
    this.forgetEnd?.();
    this.outbox.close();
    const all = this.running;
    this.running = [];
    for (const { running } of all) running?.end();
  }

  private heed(text: string): void {
    let message: Message;
    try {
      message = parseMessage(text);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : 'Invalid message received';
      return this.close(CloseCode.BadRequest, reason);
    }
    switch (message.type) {
      case MessageType.ConnectionInit:
        return this.initialise(message.payload ?? {});
      case MessageType.Ping:
        return this.tell({ type: MessageType.Pong, payload: message.payload });
      case MessageType.Pong:
        return;
      case MessageType.Subscribe:
        return this.subscribe(message.id, message.payload, text.length);
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
    // What takes longer now is not the client's fault.
    if (this.initTimer !== null) clearTimeout(this.initTimer);
    this.initTimer = null;
    const admitting = this.rules.visitorOf(params, this.from).then((admitted) => {
      if (this.isClosed) return;
      if (!admitted.ok) return this.refuse(admitted.error);
      const visitor = admitted.value.enter();
      if (!visitor.ok) return this.refuse(visitor.error);
      this.visitor = visitor.value;
      this.forgetEnd = admitted.value.whenOver(() =>
        this.refuse(new HeadcountError('TOKEN_EXPIRED')),
      );
      this.tell({ type: MessageType.ConnectionAck });
    });
    admitting.catch((cause: unknown) => this.wire.broken(cause));
  }

  private subscribe(id: string, payload: SubscribePayload, text: number): void {
    const { visitor } = this;
    if (visitor === null) return this.close(CloseCode.Unauthorized, 'Unauthorized');
    if (id.length > ID_LENGTH_MAX) return this.close(CloseCode.BadRequest, 'Id is too long');
    if (this.running.some((operation) => operation.id === id))
      return this.close(CloseCode.SubscriberAlreadyExists, `Subscriber for ${id} already exists`);
    const { operationsMax: max } = this.rules;
    if (this.running.length >= max) return this.fail(id, [graphqlErrorOf(tooManyOperations(max))]);
    try {
      this.rules.holdText(visitor, text);
    } catch (cause) {
      return this.fail(id, [graphqlErrorOf(cause)]);
    }
    const operation: Operation = { id, text, running: null };
    this.running.push(operation);
    operation.running = this.rules.operate(this, visitor, id, payload);
    // It may have ended meanwhile.
    if (!this.running.includes(operation)) operation.running?.end();
  }

  private end(id: string): void {
    const ended = this.remove(id);
    if (ended === undefined) return;
    this.wire.giveBack();
    ended.running?.end();
  }

  private remove(id: string): Operation | undefined {
    const { running } = this;
    const at = running.findIndex((operation) => operation.id === id);
    const ended = running[at];
    if (ended === undefined) return undefined;
    running[at] = running.at(-1) ?? ended;
    running.pop();
    this.visitor?.holder.releaseText(ended.text);
    return ended;
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

/** Why one operation more is refused. */
function tooManyOperations(max: number): HeadcountError {
  return new HeadcountError(
    'TOO_MANY',
    `One socket may have ${max} operations at once. End some, or watch several counters with one: countersChanged.`,
  );
}

/** What was thrown, as GraphQL has it. */
export function graphqlErrorOf(cause: unknown): GraphQLError {
  if (cause instanceof GraphQLError) return cause;
  const originalError = cause instanceof Error ? cause : new Error(String(cause));
  return new GraphQLError(originalError.message, { originalError });
}
