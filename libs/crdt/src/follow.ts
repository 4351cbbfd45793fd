/**
 * Follow: that a user follows a page, how much of it the user has read, and until when it is silent.
 *
 * Shape   (causal length, marks, mute). Length: odd = followed. Marks: a version vector, writer -> the last of its
 *         modifications that has been read. Mute: a number that grows with each change, and until when.
 * Join    lexicographic: the greater length wins whole, as marks and mute belong to the following in which they were
 *         made; of equal lengths the marks join, and the mute with the greater number wins, of equals the later end.
 * Value   `isFollowed`, `isMuted`; how much is unread: unread.ts.
 * Source  length: Yu, Rostad (PaPoC 2020); lexicographic product of lattices: Almeida, Shoker, Baquero (2018), 3.3.
 * F1      who is not followed has neither marks nor a mute, so following again starts anew.
 */
import { NEVER_IN, bring, isIn, type CausalLength } from './causal-length.js';
import { err, ok, type Result } from './result.js';
import {
  NOTHING_COVERED,
  covers,
  join as joinMarks,
  type VersionVector,
} from './version-vector.js';

/** Until when a page is silent, in milliseconds since 1970; the number counts changes, 0 = there was none. */
export interface Mute {
  readonly number: number;
  readonly untilMs: number;
}

/** See the head of the file. */
export interface Follow {
  readonly length: CausalLength;
  readonly marks: VersionVector;
  readonly mute: Mute;
}

/** It was never silenced. */
export const NEVER_MUTED: Mute = { number: 0, untilMs: 0 };

/** The follow of a page that the user has never followed. */
export const NEVER_FOLLOWED: Follow = {
  length: NEVER_IN,
  marks: NOTHING_COVERED,
  mute: NEVER_MUTED,
};

/** Whether the user follows the page. */
export function isFollowed({ length }: Follow): boolean {
  return isIn(length);
}

/** Whether the page is silent at that time. */
export function isMuted({ mute }: Follow, nowMs: number): boolean {
  return nowMs < mute.untilMs;
}

/**
 * The delta that follows, with all of `made` read; of a page that is followed already it changes nothing.
 * 'OUT_OF_RANGE': the length is at its bound, which only a broken peer can claim.
 */
export function follow(state: Follow, made: VersionVector): Result<Follow, 'OUT_OF_RANGE'> {
  if (isFollowed(state)) return ok(bare(state));
  const length = bring(state.length, 'in');
  return length.ok ? ok({ length: length.value, marks: made, mute: NEVER_MUTED }) : length;
}

/** The delta that ends the following. 'OUT_OF_RANGE' as in `follow`. */
export function unfollow(state: Follow): Result<Follow, 'OUT_OF_RANGE'> {
  const length = bring(state.length, 'out');
  return length.ok ? ok({ ...NEVER_FOLLOWED, length: length.value }) : length;
}

/** The delta that marks all of `read` as read; nothing where the page is not followed. */
export function mark(state: Follow, read: VersionVector): Follow {
  return isFollowed(state) ? { ...bare(state), marks: read } : bare(state);
}

/**
 * The delta that silences the page until then; a time that has passed ends the silence. Nothing where the page is not
 * followed. 'OUT_OF_RANGE': there is no number after the last one.
 */
export function mute(state: Follow, untilMs: number): Result<Follow, 'OUT_OF_RANGE'> {
  if (!isFollowed(state)) return ok(bare(state));
  const number = state.mute.number + 1;
  if (!Number.isSafeInteger(number)) return err('OUT_OF_RANGE');
  return ok({ ...bare(state), mute: { number, untilMs } });
}

/** The least follow that holds all of both. Cost O(writers marked). */
export function join(left: Follow, right: Follow): Follow {
  if (left.length !== right.length) return left.length > right.length ? left : right;
  return {
    length: left.length,
    marks: joinMarks(left.marks, right.marks),
    mute: isMuteHeld(left.mute, right.mute) ? left.mute : right.mute,
  };
}

/** Whether `larger` holds all that `smaller` does. */
export function holdsFollow(larger: Follow, smaller: Follow): boolean {
  if (larger.length !== smaller.length) return larger.length > smaller.length;
  return covers(larger.marks, smaller.marks) && isMuteHeld(larger.mute, smaller.mute);
}

/** What says of a state only which following it is. */
function bare({ length }: Follow): Follow {
  return { ...NEVER_FOLLOWED, length };
}

function isMuteHeld(larger: Mute, smaller: Mute): boolean {
  if (larger.number !== smaller.number) return larger.number > smaller.number;
  return larger.untilMs >= smaller.untilMs;
}
