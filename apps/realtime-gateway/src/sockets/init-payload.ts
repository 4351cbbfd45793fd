/** What the payload of connection_init says of its sender, in the spellings that the documentation of stock clients teaches. */
import { tokenIn, type Credentials } from '@headcount/platform';
import { HeadcountError, err, ok, type Result } from '@headcount/protocol';

/** Members that hold a token, in lower case. The first that holds one counts. */
const TOKEN_MEMBERS = ['token', 'authtoken', 'accesstoken', 'access_token', 'authorization'];

/** Whether a member says nothing: clients that are logged out send null, "" or false as well as leave it out. */
const isAbsent = (value: unknown): value is null | undefined | '' | false =>
  value === undefined || value === null || value === '' || value === false;

/** What a payload says. */
export interface Said extends Credentials {
  /** Whether its sender wants to watch where it has no token. */
  readonly watch: boolean;
}

/**
 * What a payload says; other members are ignored, as each client has some of its own. An error says which member is
 * wrong, and how to write it.
 */
export function saidIn(payload: Readonly<Record<string, unknown>>): Result<Said, HeadcountError> {
  const { viewerId } = payload;
  const said = { token: tokenOf(payload), watch: payload.watch === true };
  if (isAbsent(viewerId)) return ok(said);
  if (typeof viewerId === 'string') return ok({ ...said, viewerId });
  // As a GraphQL ID, which a whole number may stand for.
  if (Number.isSafeInteger(viewerId)) return ok({ ...said, viewerId: String(viewerId) });
  return err(
    new HeadcountError('BAD_REQUEST', 'viewerId must be a text, or a whole number up to 2^53 - 1.'),
  );
}

function tokenOf(payload: Readonly<Record<string, unknown>>): string | undefined {
  const members = lowerCased(payload);
  const inHeaders = lowerCased(Object(members.get('headers')) as object).get('authorization');
  const said = [...TOKEN_MEMBERS.map((name) => members.get(name)), inHeaders];
  for (const value of said) {
    if (isAbsent(value)) continue;
    // What is no text is no good token; where AUTH is off none is looked at.
    const token = typeof value === 'string' ? tokenIn(value) : typeof value;
    if (token !== undefined) return token;
  }
  return undefined;
}

/** Of members that differ in case alone, the first counts. */
function lowerCased(members: object): ReadonlyMap<string, unknown> {
  const entries = Object.entries(members).reverse();
  return new Map(entries.map(([name, value]) => [name.toLowerCase(), value]));
}
