/** From what callers write of votes to what the service takes. Each throws HeadcountError with the code of the fault. */
import { choiceName } from '@headcount/counter-store';
import type { Subject } from '@headcount/platform';
import {
  HeadcountError,
  orThrow,
  parseCounterName,
  parseViewerId,
  type CounterName,
  type ViewerId,
} from '@headcount/protocol';

const CHOICE = /^[A-Za-z0-9_.-]{1,32}$/;

/** A back end with this scope acts for any user. */
const SCOPE_USERS = 'users:act';

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

/** Who votes: the caller itself, or whom it names where it may act for others. */
export function voterOf(caller: Subject, voter: unknown, auth: 'off' | 'jwt'): ViewerId {
  const own = caller.kind === 'viewer' ? caller.id : null;
  if (voter === undefined || voter === null) {
    if (own !== null) return own;
    throw new HeadcountError(
      'BAD_REQUEST',
      'Say who votes: with a token, or where AUTH is off with x-headcount-user or voter.',
    );
  }
  if (typeof voter !== 'string') throw new HeadcountError('BAD_VIEWER_ID');
  const id = orThrow(parseViewerId(voter));
  if (id === own || auth === 'off' || caller.grants.scopes.has(SCOPE_USERS)) return id;
  throw new HeadcountError('FORBIDDEN', `The token must have the scope ${SCOPE_USERS}.`);
}
