/**
 * Vote: that a voter has voted, and for what. There is one of each voter of a counter; it may be changed and taken back.
 *
 * Shape   (causal length, choice). Length: odd = voted, and how often the voter has changed sides; a change of mind is two
 *         of them, out and in again. Choice: '' where there is nothing to choose from.
 * Join    lexicographic: the greater length wins; of equal ones, where two have voted at the same time, the choice that is
 *         last in the order of its bytes. Equal lengths are on the same side, so nobody is ever both in and out.
 * Value   `hasVoted`, `choice`; how many have voted is what counters count.
 * Source  length: Yu, Rostad (PaPoC 2020); lexicographic product of lattices: Almeida, Shoker, Baquero (2018), 3.3.
 * E1      who has not voted has no choice. With no choices at all this is the causal-length register.
 */
import { NEVER_IN, bring, isIn, type CausalLength } from './causal-length.js';
import { err, ok, type Result } from './result.js';

/** See the head of the file. A choice has at most 32 letters, digits and signs of ASCII. */
export interface Vote {
  readonly length: CausalLength;
  readonly choice: string;
}

/** What of a voter is held who has never voted. */
export const NEVER_VOTED: Vote = { length: NEVER_IN, choice: '' };

/** Whether the voter has voted, for whatever. */
export function hasVoted({ length }: Vote): boolean {
  return isIn(length);
}

/**
 * The delta that votes for `choice`; the state itself where that is so already. 'OUT_OF_RANGE': the length is at its bound,
 * which only a broken peer can claim.
 */
export function vote(state: Vote, choice: string): Result<Vote, 'OUT_OF_RANGE'> {
  if (!hasVoted(state)) {
    const length = bring(state.length, 'in');
    return length.ok ? ok({ length: length.value, choice }) : length;
  }
  if (state.choice === choice) return ok(state);
  const length = state.length + 2;
  return Number.isSafeInteger(length) ? ok({ length, choice }) : err('OUT_OF_RANGE');
}

/** The delta that takes the vote back; the state itself where there is none. 'OUT_OF_RANGE' as in `vote`. */
export function takeBack(state: Vote): Result<Vote, 'OUT_OF_RANGE'> {
  const length = bring(state.length, 'out');
  return length.ok ? ok({ length: length.value, choice: '' }) : length;
}

/** The later of two. Cost O(1). */
export function join(left: Vote, right: Vote): Vote {
  return holdsVote(left, right) ? left : right;
}

/** Whether `larger` holds all that `smaller` does. */
export function holdsVote(larger: Vote, smaller: Vote): boolean {
  if (larger.length !== smaller.length) return larger.length > smaller.length;
  // Of ASCII the order of units is that of bytes.
  return larger.choice >= smaller.choice;
}
