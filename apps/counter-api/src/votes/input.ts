/** A choice, from what callers write of it. */
import { choiceName } from '@headcount/counter-store';
import { HeadcountError, orThrow, parseCounterName, type CounterName } from '@headcount/protocol';

const CHOICE = /^[A-Za-z0-9_.-]{1,32}$/;

/** What a voter of the counter `name` chooses; null: there is nothing to choose from. */
export function choiceOf(name: CounterName, raw: unknown): string | null {
  if (raw === null || raw === undefined) return null;
  if (typeof raw !== 'string' || !CHOICE.test(raw)) {
    throw new HeadcountError(
      'BAD_REQUEST',
      'A choice has 1 to 32 letters, digits, underscores, dots and hyphens.',
    );
  }
  // Each choice is counted by a counter of its own.
  orThrow(parseCounterName(choiceName(name, raw)));
  return raw;
}
