import { Inject, Injectable } from '@nestjs/common';
import { isNamed } from '@headcount/counter-store';
import { CONFIG, SCOPE_USERS, callerKeyOf, viewable, type Subject } from '@headcount/platform';
import {
  HeadcountError,
  RESERVED_COUNTERS,
  type CounterName,
  type ErrorCode,
} from '@headcount/protocol';
import type { CounterRef } from '@headcount/replication';
import type { CounterApiConfig } from '../settings.js';

declare const PERMITTED: unique symbol;

/** A change of a counter that its caller may make. */
export interface PermittedChange extends CounterRef {
  /** Not 0; negative lowers. */
  readonly amount: number;
  /** Whose new counters are counted; null: the caller may make any number. */
  readonly maker: string | null;
  readonly [PERMITTED]: 'change';
}

/** A counter that its caller may vote on. */
export interface PermittedVote extends CounterRef {
  /** As of a change. */
  readonly maker: string | null;
  readonly [PERMITTED]: 'vote';
}

/** The settings that say who may change which counter. */
export type ChangeConfig = Pick<CounterApiConfig, 'AUTH' | 'AMOUNT_MAX' | 'VOTED_COUNTERS'>;

/**
 * Who may change which counter, and by how much. Services that write take only what is made here, so no path goes past it. Each
 * method throws HeadcountError with the code of the refusal.
 */
@Injectable()
export class ChangeRights {
  private readonly voted: readonly string[];

  constructor(@Inject(CONFIG) private readonly config: ChangeConfig) {
    this.voted = config.VOTED_COUNTERS ?? [];
  }

  /** To raise or lower the counter by `amount`. */
  change(caller: Subject, counter: CounterRef, amount: number): PermittedChange {
    const { pageId, name } = counter;
    demandUnreserved(name);
    if (!caller.grants.mayWrite(pageId, name))
      refuse('FORBIDDEN', 'The token does not grant write access to this counter.');
    if (!this.isService(caller) && (this.isVoted(name) || this.votedParent(name) !== null))
      refuse('FORBIDDEN', 'This counter takes votes; only services may raise or lower it.');
    this.demandAmount(caller, Math.abs(amount));
    return { pageId, name, amount, maker: this.makerOf(caller) } as PermittedChange;
  }

  /** To vote on the counter. `counted` is the counter that counts the choice. */
  vote(caller: Subject, counter: CounterRef, counted: CounterName): PermittedVote {
    const { grants } = caller;
    const { pageId, name } = counter;
    demandUnreserved(name);
    demandUnreserved(counted);
    const parent = this.votedParent(name);
    if (parent !== null)
      refuse('BAD_COUNTER_NAME', `This counter counts a choice: vote on ${parent} with a choice.`);
    viewable(grants, pageId);
    if (!grants.mayVote(pageId, name, this.isVoted(name)))
      refuse('FORBIDDEN', 'The token does not allow votes on this counter.');
    return { pageId, name, maker: this.makerOf(caller) } as PermittedVote;
  }

  private demandAmount({ grants }: Subject, amount: number): void {
    const { AMOUNT_MAX } = this.config;
    if (amount > AMOUNT_MAX)
      refuse('BAD_AMOUNT', `The amount must be a whole number from 1 to ${AMOUNT_MAX}.`);
    if (amount > grants.amountMax)
      refuse('FORBIDDEN', `The token allows amounts from 1 to ${grants.amountMax}.`);
  }

  /** A back end: it may count what users vote on, as it may vote as any user. With AUTH=off everybody may be one. */
  private isService({ kind, grants }: Subject): boolean {
    return this.config.AUTH === 'off' || kind === 'service' || grants.scopes.has(SCOPE_USERS);
  }

  /** With AUTH=off callers cannot be told apart. */
  private makerOf(caller: Subject): string | null {
    const isCounted = this.config.AUTH !== 'off' && caller.kind === 'viewer';
    return isCounted ? callerKeyOf(caller) : null;
  }

  private isVoted(name: string): boolean {
    return isNamed(this.voted, name);
  }

  /** The counter of votes whose choice this one counts (`name:choice`), or null. */
  private votedParent(name: CounterName): string | null {
    for (let at = name.indexOf(':'); at !== -1; at = name.indexOf(':', at + 1)) {
      const parent = name.slice(0, at);
      if (this.isVoted(parent)) return parent;
    }
    return null;
  }
}

function demandUnreserved(name: CounterName): void {
  const sentence = RESERVED_COUNTERS.get(name);
  if (sentence !== undefined) refuse('BAD_COUNTER_NAME', sentence);
}

function refuse(code: ErrorCode, sentence: string): never {
  throw new HeadcountError(code, sentence);
}
