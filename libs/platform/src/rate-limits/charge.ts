import type { IncomingMessage } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Allowance } from '@headcount/counter-store';
import { HeadcountError } from '@headcount/protocol';
import { rateLimitFields, type ShownLimit } from './rate-limit-fields.js';
import type { RateLimit } from './sliding-windows.js';

/** A limit that requests are held to. */
export interface HeldLimit extends RateLimit {
  /** As answers name it. */
  readonly name: 'address' | 'caller';
  /** Takes `cost`, all or nothing. Throws HeadcountError where it cannot be asked. */
  take(key: string, cost: number): Allowance | Promise<Allowance>;
}

interface Held {
  readonly limit: HeldLimit;
  readonly key: string;
  allowance: Allowance;
}

/** What one request has taken from the limits that it is held to. */
export class Charge {
  private readonly held: Held[] = [];
  /** Taken from each. */
  private weight = 1;

  constructor(private readonly reply: FastifyReply) {}

  /** Takes 1 from a limit. Rejects with TOO_MANY where there is nothing left. */
  async hold(limit: HeldLimit, key: string): Promise<void> {
    const allowance = await limit.take(key, 1);
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
