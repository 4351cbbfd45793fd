import type { Clock } from '@headcount/platform';
import type { Visitor } from '../presence/visitor.js';
import { arrival, type Arrival } from './first-value.js';
import type { Flusher } from './flusher.js';
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
  readonly flusher: Flusher;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** The last member has left. */
  readonly onEmpty: () => void;
}

/** Subscriptions that are shown the same: executed once an event, serialised once (DESIGN.md §9). */
export class Group {
  private readonly members = new Set<Member>();
  private readonly throttle: Throttle<unknown>;
  private readonly watch: Watching<unknown>;
  /** The event that `body` shows, and how many have been begun to be shown. */
  private event: unknown = undefined;
  private turn = 0;
  body: Buffer | null = null;

  constructor(private readonly options: GroupOptions) {
    const { source, clock, pacer, everyMs } = options;
    const pauseMs = (): number => Math.max(everyMs, pacer.pauseOf(this));
    this.throttle = new Throttle(clock, pauseMs, (event) => void this.show(event));
    this.watch = source.watch((event) => this.throttle.offer(event));
    const known = this.watch.value();
    if (known !== undefined) this.throttle.offer(known);
  }

  /** How many are shown each event. */
  get size(): number {
    return this.members.size;
  }

  /** Subscribes: from now on the operation `head` of that outbox is shown what the group is. */
  join(head: string, outbox: Outbox, visitor: Visitor): Membership {
    const joined = this.options.source.join?.(visitor) ?? null;
    const member = new Member(this, head, { outbox, flusher: this.options.flusher }, joined);
    this.members.add(member);
    if (this.body !== null) member.offer(this.event);
    let isIn = true;
    return {
      end: () => {
        if (!isIn) return;
        isIn = false;
        this.members.delete(member);
        member.end();
        if (this.members.size === 0) this.close();
      },
    };
  }

  private async show(event: unknown): Promise<void> {
    this.turn += 1;
    const { turn } = this;
    const rendered = this.options.render(event);
    const text = typeof rendered === 'string' ? rendered : await rendered;
    // One that took longer than its successor is old.
    if (turn !== this.turn) return;
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

/** Where letters go. */
interface Way {
  readonly outbox: Outbox;
  readonly flusher: Flusher;
}

class Member implements Letter {
  readonly headBytes: number;
  private readonly arrival: Arrival<unknown>;

  constructor(
    private readonly group: Group,
    readonly head: string,
    private readonly way: Way,
    private readonly joined: Joined<unknown> | null,
  ) {
    this.headBytes = Buffer.byteLength(head);
    this.arrival = arrival(joined, () => this.give());
  }

  get body(): Buffer | null {
    return this.group.body;
  }

  /** The group's body shows an event. */
  offer(event: unknown): void {
    this.arrival.offer(event);
  }

  end(): void {
    this.arrival.end();
    this.way.outbox.take(this);
    this.joined?.leave();
  }

  private give(): void {
    const { outbox, flusher } = this.way;
    outbox.put(this);
    flusher.later(outbox);
  }
}
