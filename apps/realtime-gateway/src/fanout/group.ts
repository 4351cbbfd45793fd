import type { Clock } from '@headcount/platform';
import type { Visitor } from '../presence/visitor.js';
import { Headings, type Heading } from './heading.js';
import { arrival, type Arrival } from './first-value.js';
import type { Letter, Outbox } from './outbox.js';
import type { Pacer } from './pacer.js';
import type { Joined, Source, Watching } from './source.js';
import { Throttle } from './throttle.js';

/** One subscription in a group. */
export interface Membership {
  /** Ends it. Ended twice it ends once. */
  end(): void;
}

export interface GroupOptions {
  readonly source: Source<unknown>;
  /** The result of the operation for an event, as JSON. */
  readonly render: (event: unknown) => string | Promise<string>;
  /** The pause that its subscribers have asked for, in milliseconds. */
  readonly everyMs: number;
  readonly pacer: Pacer;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** The last member has left. */
  readonly onEmpty: () => void;
}

/** Subscriptions that are shown the same: executed once an event, serialised once (DESIGN.md §9). */
export class Group {
  private readonly members = new Set<Member>();
  private readonly headings = new Headings();
  private readonly throttle: Throttle<unknown>;
  private readonly watch: Watching<unknown>;
  /** The event that `body` shows, and how many have been begun to be shown. */
  private event: unknown = undefined;
  private turn = 0;
  body: Buffer | null = null;

  constructor(private readonly options: GroupOptions) {
    const { source, clock, pacer, everyMs } = options;
    const pauseMs = (nowMs: number): number => Math.max(everyMs, pacer.pauseOf(this, nowMs));
    this.throttle = new Throttle(clock, pauseMs, (event) => this.show(event));
    this.watch = source.watch((event) => this.throttle.offer(event));
    const known = this.watch.value();
    if (known !== undefined) this.throttle.offer(known);
  }

  /** How many are shown each event. */
  get size(): number {
    return this.members.size;
  }

  /** Subscribes: from now on the operation `id` on the socket of that outbox is shown what the group is. */
  join(id: string, outbox: Outbox, visitor: Visitor): Membership {
    const joined = this.options.source.join?.(visitor) ?? null;
    const member = new Member(this, this.headings.take(id), outbox, joined);
    this.members.add(member);
    if (this.body !== null) member.offer(this.event);
    return member;
  }

  /** A member has ended. */
  left(member: Letter & Membership): void {
    if (!this.members.delete(member as Member)) return;
    this.headings.drop(member.heading);
    if (this.members.size === 0) this.close();
  }

  private show(event: unknown): void {
    this.turn += 1;
    const { turn } = this;
    const rendered = this.options.render(event);
    if (typeof rendered === 'string') return this.offer(event, rendered);
    void rendered.then((text) => {
      // One that took longer than its successor is old.
      if (turn === this.turn) this.offer(event, text);
    });
  }

  private offer(event: unknown, text: string): void {
    this.event = event;
    this.body = Buffer.from(text);
    for (const member of this.members) member.offer(event);
  }

  private close(): void {
    this.turn += 1;
    this.throttle.close();
    this.watch.close();
    this.options.pacer.forget(this);
    this.options.onEmpty();
  }
}

class Member implements Letter, Membership {
  waits = false;
  next: Letter | null = null;
  /** What holds back a first value; null: nothing does. */
  private arrival: Arrival<unknown> | null;

  constructor(
    private readonly group: Group,
    readonly heading: Heading,
    private readonly outbox: Outbox,
    private readonly joined: Joined<unknown> | null,
  ) {
    this.arrival = joined && arrival(joined, () => this.arrived());
  }

  get body(): Buffer | null {
    return this.group.body;
  }

  /** The group's body shows an event. */
  offer(event: unknown): void {
    if (this.arrival === null) this.outbox.put(this);
    else this.arrival.offer(event);
  }

  end(): void {
    this.arrival?.end();
    this.outbox.drop(this);
    this.joined?.leave();
    this.group.left(this);
  }

  /** From now on it is shown whatever the group is. */
  private arrived(): void {
    this.arrival?.end();
    this.arrival = null;
    this.outbox.put(this);
  }
}
