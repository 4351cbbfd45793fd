import type { ServerResponse } from 'node:http';
import { setImmediate as endOfTurn } from 'node:timers/promises';
import type { SocketId } from '@headcount/gateway-core';

/**
 * A comment, which readers skip: it keeps what stands between from taking the stream for dead, and gives the reader's side
 * something to acknowledge.
 */
const COMMENT = ':\n\n';

/** In a frame that is an event. */
const DATA = /^data:/m;

export interface EventStreamOptions {
  /** What presence knows it by. */
  readonly socketId: SocketId;
  /** Patience with a reader that takes nothing in. */
  readonly stuckMs: number;
  /** Pause between two comments, which show whether what is sent still arrives. */
  readonly beatMs: number;
  /** Told when that patience has ended. */
  readonly stuck: () => void;
}

/**
 * One answer that goes on: events are written to it until either side ends it.
 * Holds what one turn writes above the buffers of the connection, as long as its writer awaits `ready` before it
 * makes the next event.
 */
export class EventStream {
  readonly socketId: SocketId;
  private ended = false;
  private hasSent = false;
  private endsAfterFirst = false;
  private patience: NodeJS.Timeout | null = null;
  private heart: NodeJS.Timeout | null = null;
  private wake: (() => void) | null = null;

  constructor(
    private readonly response: ServerResponse,
    private readonly options: EventStreamOptions,
  ) {
    this.socketId = options.socketId;
    response.on('drain', () => this.drained());
    // A connection may break at any moment; the close that follows tells it.
    response.on('error', () => undefined);
    this.onClose(() => {
      this.ended = true;
      if (this.heart !== null) clearInterval(this.heart);
      this.drained();
    });
  }

  /** Whether nothing more can be sent. */
  get over(): boolean {
    return this.ended;
  }

  /** `act` is called once the connection has gone or the answer has ended; at once if it has. */
  onClose(act: () => void): void {
    if (this.response.closed) act();
    else this.response.once('close', act);
  }

  /**
   * Sends the head of the answer, without which a browser would not take the stream for open. From now on comments go out,
   * other than to a reader with a backlog.
   */
  begin(headers: Readonly<Record<string, number | string | string[] | undefined>>): void {
    if (this.ended) return;
    for (const [name, value] of Object.entries(headers))
      if (value !== undefined) this.response.setHeader(name, value);
    this.response.writeHead(200);
    this.response.flushHeaders();
    this.heart = setInterval(() => this.send(COMMENT), this.options.beatMs);
  }

  /**
   * Ends after the first event, at once if that has gone out. For a reader that has shut its side: it may have gone, so it must not
   * be taken for present any longer, or still wait for an answer.
   */
  endAfterFirst(): void {
    if (this.hasSent) this.end();
    else this.endsAfterFirst = true;
  }

  /** Writes a frame: an event, or a comment, which is left out where it would have to wait. */
  send(frame: string): void {
    const full = this.response.writableNeedDrain;
    if (this.ended || (full && frame.startsWith(':'))) return;
    this.response.write(frame);
    this.hasSent ||= DATA.test(frame);
    if (this.hasSent && this.endsAfterFirst) return this.end();
    if (!this.response.writableNeedDrain) return;
    this.patience ??= setTimeout(() => {
      this.options.stuck();
      this.destroy();
    }, this.options.stuckMs);
  }

  /**
   * Resolves when the reader has room for one more event: true; or when the stream is over: false.
   * Not before the end of this turn, for what has been made in it is written in it.
   */
  async ready(): Promise<boolean> {
    await endOfTurn();
    if (!this.ended && this.response.writableNeedDrain)
      await new Promise<void>((resolve) => (this.wake = resolve));
    return !this.ended;
  }

  /** Ends the answer as it should be ended; what has been written still goes out. */
  end(): void {
    if (this.ended) return;
    // Before its head an end would be an empty answer, which tells its reader that all is well.
    if (!this.response.headersSent) return this.destroy();
    this.ended = true;
    this.response.end();
  }

  /** Cuts the connection. */
  destroy(): void {
    this.ended = true;
    this.response.destroy();
  }

  private drained(): void {
    if (this.patience !== null) clearTimeout(this.patience);
    this.patience = null;
    this.wake?.();
    this.wake = null;
  }
}
