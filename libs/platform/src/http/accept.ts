/** What a caller would like to be answered in (RFC 9110, 12.5.1), the same of every route of every app. */
import Negotiator from 'negotiator';
import { HeadcountError } from '@headcount/protocol';

/** Types that we give, and ranges over them: parameters such as `charset` and `version` make them no others. */
const OURS = new Set([
  '*/*',
  'application/*',
  'application/json',
  'application/graphql-response+json',
  'text/*',
  'text/html',
  'text/event-stream',
]);

/** Texts that are already as `plainAccept` would have them. */
const PLAIN = new Set(['*/*', 'application/json', 'text/event-stream']);

/** More members are not read: each costs time, and no program sends as many. */
const MEMBERS_MAX = 200;

const MEMBER = /(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/g;
const PARAMETER = /;[\t ]*([^=;\t ]*)(?:=("(?:[^"\\]|\\.)*"?|[^;]*))?/g;
const RANGE =
  /^(?:\*\/\*|[!#$%&'*+.^_`|~0-9A-Za-z-]+\/(?:\*|[!#$%&'*+.^_`|~0-9A-Za-z-]+))[\t ]*(?=;|$)/;
const WEIGHT = /^(?:0(?:\.\d*)?|1(?:\.0*)?)$/;

/**
 * An Accept header without what changes nothing for us, so that all that read it understand the same: parameters of our types
 * go, members that are no media range go, a weight that is none counts as 1. Undefined: nothing is left, so all is accepted.
 */
export function plainAccept(accept: string): string | undefined {
  if (PLAIN.has(accept)) return accept;
  const members: string[] = [];
  for (const [text] of accept.matchAll(MEMBER)) {
    const member = plainMember(text.trim());
    if (member !== null && members.push(member) === MEMBERS_MAX) break;
  }
  return members.length === 0 ? undefined : members.join(', ');
}

function plainMember(member: string): string | null {
  const range = RANGE.exec(member)?.[0].trim().toLowerCase();
  if (range === undefined) return null;
  const kept: string[] = [];
  let weight = 1;
  for (const [text, name = '', value = ''] of member.matchAll(PARAMETER)) {
    if (name.toLowerCase() !== 'q') kept.push(text);
    else if (WEIGHT.test(value.trim())) weight = Number(value);
  }
  if (!OURS.has(range)) return [range, ...kept, weight === 1 ? '' : `;q=${weight}`].join('');
  // A variant of our type that is refused is one that we do not give.
  if (weight === 0 && kept.some((text) => !/charset/i.test(text))) return null;
  return weight === 1 ? range : `${range};q=${weight}`;
}

/**
 * The one of `types` that the Accept header likes best; the first where it likes all alike or there is none. Throws
 * HeadcountError NOT_ACCEPTABLE where it takes none of them. `isNamed`: a wildcard does not do.
 */
export function preferredType<T extends string>(
  accept: string | undefined,
  types: readonly [T, ...T[]],
  { isNamed = false }: { readonly isNamed?: boolean } = {},
): T {
  const plain = accept === undefined ? undefined : plainAccept(accept);
  const negotiator = new Negotiator({ headers: plain === undefined ? {} : { accept: plain } });
  const [liked] = negotiator.mediaTypes([...types]);
  const type = types.find((one) => one === liked);
  if (type !== undefined && (!isNamed || negotiator.mediaTypes().includes(type))) return type;
  throw new HeadcountError(
    'NOT_ACCEPTABLE',
    isNamed
      ? `What is asked for needs the header "accept: ${types.join(', ')}".`
      : `This address gives ${types.join(' and ')}.`,
  );
}
