/**
 * How much sockets and streams hold of this gateway, and how much each may.
 *
 * Shape   viewer -> its sockets, what they watch, its questions; socket -> the counters it watches, each as often as its
 *         operations do.
 * U1      a socket is charged for a counter from the first of its operations that watches it to the last, however many do.
 *         A viewer is charged for what each of its sockets is, a gateway for each counter once, its grace included.
 * U2      what is refused changes nothing: it is judged as a whole before anything is held.
 * U3      a socket that leaves holds nothing, whether its operations have ended or not.
 * U4      memory is held for those that are here only.
 */
import { err, ok, type Result, type ViewerId } from '@headcount/protocol';
import { counterKey, type CounterId, type CounterKey } from './counter-key.js';
import { Held } from './held.js';
import type { InterestBook } from './interest-book.js';
import type { Owner } from './wanted-set.js';

/** How much may be held. */
export interface Quotas {
  /** Sockets and streams of one viewer. */
  readonly socketsPerViewer: number;
  /** Counters that the operations of one socket watch. */
  readonly watchedPerSocket: number;
  /** Counters that the sockets of one viewer watch, each socket's by themselves. */
  readonly watchedPerViewer: number;
  /** Counters, pages and users of which the home is to tell this gateway. */
  readonly watched: number;
  /** Characters of the operations of one viewer: what is made of a text is kept for as long as its operation goes on. */
  readonly textPerViewer: number;
  /** Different questions for trending pages that one viewer has. */
  readonly questionsPerViewer: number;
}

export type Quota = keyof Quotas;

/** What an operation holds. */
export interface Holding {
  readonly counters?: readonly CounterId[];
  /** A question for trending pages. */
  readonly question?: string;
  /** The user whose unread it shows: it costs what it makes the home tell of, and no more. */
  readonly userId?: ViewerId;
}

/**
 * Readers without a token that share an address are one caller, with the watched counters and the text of so many viewers: else
 * one address could use up what all have.
 */
export const READERS_SHARE = 20;

/** A viewer, whatever its sockets; or the readers of an address. */
class Viewer implements Owner {
  sockets = 0;
  watched = 0;
  text = 0;
  questions: Held<string> | null = null;

  constructor(
    readonly id: string | null,
    readonly share = 1,
  ) {}
}

export class QuotaBook {
  private readonly viewers = new Map<string, Viewer>();
  private readonly readers = new Map<string, Viewer>();
  private holders = 0;

  constructor(
    readonly quotas: Quotas,
    readonly interest: InterestBook,
    readonly nowMs: () => number,
  ) {}

  /** Sockets and streams that are here, and the viewers among them that have said who they are. */
  get sizes(): { readonly holders: number; readonly viewers: number } {
    return { holders: this.holders, viewers: this.viewers.size };
  }

  /** A socket or a stream has come; `viewerId` null: its id was made up for it, so its viewer has no other. */
  enter(viewerId: ViewerId | null): Result<Holder, Quota> {
    const known = viewerId === null ? undefined : this.viewers.get(viewerId);
    const viewer = known ?? new Viewer(viewerId);
    if (viewer.sockets >= this.quotas.socketsPerViewer) return err('socketsPerViewer');
    if (viewerId !== null) this.viewers.set(viewerId, viewer);
    viewer.sockets += 1;
    this.holders += 1;
    return ok(new Holder(this, viewer));
  }

  /** A socket or a stream of a reader has come, of whom no more is known than its address. How many there may be, others say. */
  enterReader(address: string): Holder {
    const reader = this.readers.get(address) ?? new Viewer(address, READERS_SHARE);
    this.readers.set(address, reader);
    reader.sockets += 1;
    this.holders += 1;
    return new Holder(this, reader);
  }

  /** For its holders: one has left. */
  left(viewer: Viewer): void {
    this.holders -= 1;
    viewer.sockets -= 1;
    const { id, sockets } = viewer;
    if (id === null || sockets > 0) return;
    const all = viewer.share === READERS_SHARE ? this.readers : this.viewers;
    all.delete(id);
  }

  /** Whether the home may be asked to tell of so much more. */
  admits(more: number): boolean {
    return more === 0 || this.interest.held + more <= this.quotas.watched;
  }
}

/** One socket or stream. */
export class Holder {
  /** As the interest knows them: a text of its own for each would take more memory than all else here. */
  private readonly watched = new Held<CounterId>();
  private questions: Held<string> | null = null;
  private text = 0;
  private hasLeft = false;

  constructor(
    private readonly book: QuotaBook,
    private readonly viewer: Viewer,
  ) {}

  /** An operation begins: null; or the quota that does not allow it (U2). Cost O(its counters). */
  hold({ counters = [], question, userId }: Holding): Quota | null {
    if (this.hasLeft) return null;
    const added = new Map<CounterKey, CounterId>();
    const wanted = this.book.interest.counters;
    for (const counter of counters)
      if (!this.watched.has(wanted.canonical(counter))) added.set(counterKey(counter), counter);
    const refusal = this.refusalOf(added, question, userId);
    if (refusal !== null) return refusal;
    this.viewer.watched += added.size;
    for (const counter of added.values()) wanted.hold(counter, this.viewer);
    for (const counter of counters) this.watched.add(wanted.canonical(counter));
    if (question === undefined) return null;
    (this.viewer.questions ??= new Held()).add(question);
    (this.questions ??= new Held()).add(question);
    return null;
  }

  /** An operation that was held for has ended. */
  release({ counters = [], question }: Holding): void {
    if (this.hasLeft) return;
    for (const counter of counters) {
      const known = this.book.interest.counters.canonical(counter);
      if (this.watched.delete(known)) this.unwatch(known);
    }
    if (question === undefined) return;
    this.questions?.delete(question);
    this.viewer.questions?.delete(question);
  }

  /** An operation of so many characters begins: null; or the quota that does not allow it. */
  holdText(characters: number): Quota | null {
    const { viewer, book } = this;
    if (viewer.text + characters > book.quotas.textPerViewer * viewer.share) return 'textPerViewer';
    this.addText(characters);
    return null;
  }

  /** Such an operation has ended. */
  releaseText(characters: number): void {
    if (!this.hasLeft) this.addText(-characters);
  }

  /** It has closed (U3). Again: nothing. */
  leave(): void {
    if (this.hasLeft) return;
    this.hasLeft = true;
    for (const counter of this.watched.keys()) this.unwatch(counter);
    for (const question of this.questions?.all() ?? []) this.viewer.questions?.delete(question);
    this.addText(-this.text);
    this.book.left(this.viewer);
  }

  private addText(characters: number): void {
    this.text += characters;
    this.viewer.text += characters;
  }

  private refusalOf(
    added: ReadonlyMap<CounterKey, CounterId>,
    question: string | undefined,
    userId: ViewerId | undefined,
  ): Quota | null {
    const { viewer, watched, book } = this;
    const { quotas, interest } = book;
    if (watched.size + added.size > quotas.watchedPerSocket) return 'watchedPerSocket';
    if (viewer.watched + added.size > quotas.watchedPerViewer * viewer.share)
      return 'watchedPerViewer';
    let more = userId === undefined || interest.users.wants(userId) ? 0 : 1;
    for (const key of added.keys()) if (!interest.counters.wantsKey(key)) more += 1;
    if (!book.admits(more)) return 'watched';
    const { questions } = viewer;
    const isNew = question !== undefined && !questions?.has(question);
    return isNew && (questions?.size ?? 0) >= quotas.questionsPerViewer
      ? 'questionsPerViewer'
      : null;
  }

  private unwatch(counter: CounterId): void {
    const { interest, nowMs } = this.book;
    this.viewer.watched -= 1;
    interest.counters.release(counter, nowMs());
  }
}
