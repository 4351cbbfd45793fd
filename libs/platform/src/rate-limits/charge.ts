import type { IncomingMessage } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Allowance } from '@headcount/counter-store';
import { HeadcountError } from '@headcount/protocol';
import type { Clock } from '../sources.js';
import type { InFlight } from './in-flight.js';
import { rateLimitFields, type ShownLimit } from './rate-limit-fields.js';
import type { RateLimit } from './sliding-windows.js';

/** A limit that requests are held to. */
export interface HeldLimit extends RateLimit {
  /** As answers name it. */
  readonly name: 'address' | 'caller';
  /** What one key has in work. */
  readonly inFlight: InFlight;
  /** Takes `cost`, all or nothing. Throws HeadcountError where it cannot be asked. */
  take(key: string, cost: number): Allowance | Promise<Allowance>;
}

interface Held {
  readonly limit: HeldLimit;
  readonly key: string;
  allowance: Allowance;
}

/** What a request has in work of its caller. */
interface Turn {
  readonly held: Held;
  readonly weight: number;
  readonly beganMs: number;
}

/** What the work of a caller that has gone away is taken to last, per unit of weight, in milliseconds: it goes on unseen. */
const WORK_MS_PER_WEIGHT = 0.5;

/** What one request has taken from the limits that it is held to. */
export class Charge {
  private readonly held: Held[] = [];
  private turn: Turn | null = null;
  private isOver = false;

  /** `weight` is taken from each limit. */
  constructor(
    private readonly reply: FastifyReply,
    private weight: number,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
  ) {}

  /** Takes the weight from a limit. Rejects with TOO_MANY where there is not as much left. */
  async hold(limit: HeldLimit, key: string): Promise<void> {
    const allowance = await limit.take(key, Math.min(this.weight, limit.limit));
    this.held.push({ limit, key, allowance });
    this.judge(allowance);
  }

  /** Takes the rest of a weight; what weighs more than a limit takes all of it. Rejects with TOO_MANY, and what was taken stays taken. */
  async raiseTo(weight: number): Promise<void> {
    for (const held of this.held) {
      const { limit, key } = held;
      const rest = Math.min(weight, limit.limit) - Math.min(this.weight, limit.limit);
      if (rest <= 0) continue;
      held.allowance = await limit.take(key, rest);
      this.judge(held.allowance);
    }
    this.weight = Math.max(this.weight, weight);
    await this.begin();
  }

  /**
   * Waits until as much as this request weighs may be in work for its caller; an ordinary request never waits. It is given
   * back when the request has been answered. Rejects with TOO_MANY where too many wait.
   */
  async begin(): Promise<void> {
    const held = this.held.at(-1);
    if (this.isOrdinary || held === undefined) return;
    if (this.turn === null) this.reply.raw.once('close', () => this.close());
    else if (this.turn.weight >= this.weight) return;
    // What it has is given back first: two that each wait for what the other has would wait for ever.
    this.end();
    const { limit, key } = held;
    const weight = this.weight;
    await limit.inFlight.enter(key, weight);
    this.turn = { held, weight, beganMs: this.clock.monotonicMs() };
    if (!this.isOver) return;
    this.end();
    throw new HeadcountError('TOO_MANY', 'The caller has gone before its turn came.');
  }

  /** Whether it begins without waiting. */
  get isOrdinary(): boolean {
    return this.weight <= 1;
  }

  /** What goes on for as long as its caller wishes, as a stream does, is not in work any more. */
  end(): void {
    if (this.turn === null) return;
    const { held, weight } = this.turn;
    this.turn = null;
    held.limit.inFlight.leave(held.key, weight);
  }

  private close(): void {
    this.isOver = true;
    if (this.turn === null) return;
    const { weight, beganMs } = this.turn;
    const restMs = weight * WORK_MS_PER_WEIGHT - (this.clock.monotonicMs() - beganMs);
    if (this.reply.raw.writableFinished || restMs <= 0) this.end();
    else setTimeout(() => this.end(), restMs).unref();
  }

  private judge({ isAllowed }: Allowance): void {
    const shown = this.held.map(
      ({ limit: { name, limit, windowSeconds }, allowance }): ShownLimit => ({
        ...{ name, limit, windowSeconds, allowance },
      }),
    );
    void this.reply.headers(rateLimitFields(shown));
    if (!isAllowed) throw new HeadcountError('TOO_MANY');
  }
}

const charges = new WeakMap<IncomingMessage, Charge>();

/** Notes what a request is charged with, for the code that later knows its weight. */
export function charging(request: IncomingMessage, charge: Charge): void {
  charges.set(request, charge);
}

/**
 * Charges a request with its weight, when that is known and before anything is done for it. Undefined: nothing to wait for. Rejects with
 * HeadcountError TOO_MANY, or why the limit could not be asked.
 */
export function chargeWeight(request: IncomingMessage, weight: number): Promise<void> | undefined {
  return weight <= 1 ? undefined : charges.get(request)?.raiseTo(weight);
}

/** Waits for the turn of a request whose body has been read. Undefined: nothing to wait for. Rejects as `Charge.begin`. */
export function beginTurn(request: IncomingMessage): Promise<void> | undefined {
  const charge = charges.get(request);
  return charge === undefined || charge.isOrdinary ? undefined : charge.begin();
}

/** Ends the turn of a request that goes on without working, as a stream does. */
export function endTurn(request: IncomingMessage): void {
  charges.get(request)?.end();
}
