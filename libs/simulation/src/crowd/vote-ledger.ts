/**
 * What voters have asked for, and what they know of it: which vote must stand. The rule is that of docs/votes.md, written down
 * here once more: the greater length, of equal ones the choice that is last. No code of the product is used.
 */
import type { PageId } from '@headcount/protocol';
import type { Sending } from './follow-ledger.js';
import type { Ledger } from './ledger.js';

/** Odd = voted; '' = for nothing in particular. */
export interface Register {
  readonly length: number;
  readonly choice: string;
}

/** A wish, told to a region; null: to take the vote back. `vote`: what it has come to there, null: nobody knows. */
export interface Casting extends Sending {
  readonly choice: string | null;
  vote: Register | null;
}

const NOTHING: Register = { length: 0, choice: '' };

/** Whether one register wins over another. */
function wins(one: Register, other: Register): boolean {
  return one.length !== other.length ? one.length > other.length : one.choice > other.choice;
}

const same = (one: Register, other: Register): boolean =>
  one.length === other.length && one.choice === other.choice;

export class VoteLedger {
  private readonly castings = new Map<string, Casting[]>();

  /** `ledger` knows what was lost. */
  constructor(private readonly ledger: Pick<Ledger, 'isEndangered'>) {}

  /** What one voter has told of one page. */
  of(page: PageId, voter: string): Casting[] {
    const key = `${page} ${voter}`;
    const found = this.castings.get(key) ?? [];
    this.castings.set(key, found);
    return found;
  }

  /** Pages and voters of whom anything was told. */
  keys(): string[] {
    return [...this.castings.keys()];
  }

  /** What is wrong with a vote that stands; null: nothing. */
  wrongWith(key: string, held: Register = NOTHING): string | null {
    const castings = this.castings.get(key) ?? [];
    const made = castings.flatMap((each) => (each.vote === null ? [] : [{ ...each.vote, each }]));
    const certain = made
      .filter(({ each }) => !this.ledger.isEndangered(each))
      .reduce<Register>((best, one) => (wins(one, best) ? one : best), NOTHING);
    if (wins(certain, held)) return `is ${show(held)} and not ${show(certain)}`;
    if (same(held, certain) || made.some((one) => same(one, held))) return null;
    // One that nobody has acknowledged must be that of a wish whose outcome is not known.
    const wish = held.length % 2 === 0 ? null : held.choice;
    const isPossible = castings.some(
      ({ choice, outcome }) => outcome === 'unknown' && choice === wish,
    );
    return isPossible ? null : `is ${show(held)}, and nobody has wished that`;
  }
}

const show = ({ length, choice }: Register): string => `(${length}, '${choice}')`;
