import type { Holder } from '@headcount/gateway-core';
import type { Clock } from '@headcount/platform';
import type { Visitor } from '../presence/visitor.js';
import { Headings, type Heading } from './heading.js';
import { arrival, type Arrival } from './first-value.js';
import type { Letter, Outbox } from './outbox.js';
import type { FanoutMetrics } from './fanout-metrics.js';
import type { Audience, Pace, Pacer } from './pacer.js';
import type { Joined, Source, Watching } from './source.js';
import { Throttle, type Throttled } from './throttle.js';

/** One subscription in a group. */
export interface Membership {
  /** Ends it. Ended twice it ends once. */
  end(): void;
}

/** What all groups have in common. */
export interface GroupRules {
  readonly pacer: Pacer;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly metrics: Pick<FanoutMetrics, 'renderings'>;
}

export interface GroupOptions {
  readonly rules: GroupRules;
  readonly source: Source<unknown>;
  /** The result of the operation for an event, as JSON. */
  readonly render: (event: unknown) => string | Promise<string>;
  /** The pause that its subscribers have asked for, in milliseconds. */
  readonly everyMs: number;
  /** The last member has left. */
  readonly onEmpty: () => void;
}

/** Subscriptions that are shown the same: executed once an event, serialised once (DESIGN.md §9). */
export class Group implements Audience, Throttled<unknown> {
  pace: Pace | null = null;
  private readonly members = new Set<Member>();
  private readonly headings = new Headings();
  private readonly throttle: Throttle<unknown>;
  private readonly watch: Watching<unknown>;
  /** The event that `body` shows, and how many have been begun to be shown. */
  private event: unknown = undefined;
  private turn = 0;
  body: Buffer | null = null;

  constructor(private readonly options: GroupOptions) {
    const { source, rules } = options;
    this.throttle = new Throttle(rules.clock, this);
    this.watch = source.watch((event) => this.throttle.offer(event));
    const known = this.watch.value();
    if (known !== undefined) this.throttle.offer(known);
  }

  /** How many are shown each event. */
  get size(): number {
    return this.members.size;
  }

  /** Subscribes a visitor that holds what the source needs: from now on the operation `id` on the socket of that outbox is shown what the group is. */
  join(id: string, outbox: Outbox, visitor: Visitor): Membership {
    const joined = this.options.source.join?.(visitor) ?? null;
    const { holder } = visitor;
    const member = new Member(this, { heading: this.headings.take(id), outbox, joined, holder });
    this.members.add(member);
    if (this.body !== null) member.offer(this.event);
    return member;
  }

  /** A member has ended. */
  left(member: Letter & Membership): void {
    if (!this.members.delete(member as Member)) return;
    this.headings.drop(member.heading);
    (member as Member).holder.release(this.options.source.holding);
    if (this.members.size === 0) this.close();
  }

  /** For its throttle: its own pause, or a longer one where there are more to be told than can be. */
  pauseMs(nowMs: number): number {
    const { everyMs, rules } = this.options;
    return Math.max(everyMs, rules.pacer.pauseOf(this, nowMs));
  }

  /** For its throttle: shows an event. */
  give(event: unknown): void {
    const { rules, render } = this.options;
    this.turn += 1;
    const { turn } = this;
    rules.metrics.renderings.inc();
    const rendered = render(event);
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
    this.options.rules.pacer.forget(this);
    this.options.onEmpty();
  }
}

interface MemberOptions {
  readonly heading: Heading;
  readonly outbox: Outbox;
  readonly joined: Joined<unknown> | null;
  readonly holder: Holder;
}

class Member implements Letter, Membership {
  readonly heading: Heading;
  readonly holder: Holder;
  private readonly outbox: Outbox;
  private readonly joined: Joined<unknown> | null;
  waits = false;
  next: Letter | null = null;
  /** What holds back a first value; null: nothing does. */
  private arrival: Arrival<unknown> | null;

  constructor(
    private readonly group: Group,
    { heading, outbox, joined, holder }: MemberOptions,
  ) {
    this.heading = heading;
    this.outbox = outbox;
    this.joined = joined;
    this.holder = holder;
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
