/**
 * JSON of callers that has one meaning. Parsers differ in what they make of two members of one name, of bytes that are no
 * UTF-8, and of half a surrogate pair; what one of them has checked another would read otherwise (RFC 8259, 4 and 8).
 */
import { HeadcountError, utf8Text } from '@headcount/protocol';

const STRING = /"(?:[^"\\]|\\.)*"/g;
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;
const LONE_SURROGATE = /\p{Surrogate}/u;
const BYTE_ORDER_MARK = '\ufeff';

/** The text of bytes. Throws HeadcountError BAD_REQUEST where they are no UTF-8; `what` names them in the sentence. */
export function demandUtf8(bytes: Buffer, what: string): string {
  const text = utf8Text(bytes);
  if (text !== null) return text;
  throw new HeadcountError('BAD_REQUEST', `${what} must be UTF-8.`);
}

/**
 * The value of a JSON text; a byte order mark before it is left out. Throws HeadcountError BAD_REQUEST where it is no JSON, gives
 * a member twice, has half of a surrogate pair, or a member that could change other objects than those made from it.
 */
export function strictJson(text: string, what: string): unknown {
  const json = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  const value = parsed(json, what);
  const members = membersIn(value, what, json.includes('\\u'));
  // As many colons as members, but for those whose place another of their name has taken.
  if (members !== colonsIn(json))
    throw new HeadcountError(
      'BAD_REQUEST',
      `${what} gives the member ${JSON.stringify(secondIn(json))} twice.`,
    );
  return value;
}

/** A JSON text without what stands in its strings. */
export const withoutStrings = (json: string): string => json.replace(STRING, '""');

function parsed(json: string, what: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new HeadcountError('BAD_REQUEST', `${what} is not JSON.`);
  }
}

/** How many members all objects of a value have. Not by recursion, for callers choose the depth. */
function membersIn(value: unknown, what: string, isEscaped: boolean): number {
  let members = 0;
  if (isEscaped) demandWhole(value, what);
  const waiting = [value];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (typeof one !== 'object' || one === null) continue;
    const isList = Array.isArray(one);
    for (const [name, inner] of Object.entries(one)) {
      if (typeof inner === 'object' && inner !== null) waiting.push(inner);
      if (isEscaped) demandWhole(inner, what);
      if (isList) continue;
      members += 1;
      if (isEscaped) demandWhole(name, what);
      if (isPoison(name, inner))
        throw new HeadcountError('BAD_REQUEST', `${what} must not have the member "${name}".`);
    }
  }
  return members;
}

/** Throws where a text has half of a surrogate pair, which only an escape can give it. */
function demandWhole(text: unknown, what: string): void {
  if (typeof text !== 'string' || !LONE_SURROGATE.test(text)) return;
  throw new HeadcountError(
    'BAD_REQUEST',
    `${what} has half of a surrogate pair, which is no character: write both halves, such as \\ud83d\\ude00.`,
  );
}

/** Objects made from such a member could change what all objects inherit. */
function isPoison(name: string, inner: unknown): boolean {
  if (name === '__proto__') return true;
  return (
    name === 'constructor' &&
    typeof inner === 'object' &&
    inner !== null &&
    Object.hasOwn(inner, 'prototype')
  );
}

function colonsIn(json: string): number {
  const bare = withoutStrings(json);
  let colons = 0;
  for (let at = bare.indexOf(':'); at !== -1; at = bare.indexOf(':', at + 1)) colons += 1;
  return colons;
}

/** The name of the first member that an object of a JSON text has for the second time. */
function secondIn(json: string): string {
  const names: Set<string>[] = [];
  let last = '';
  for (const [token] of json.matchAll(TOKEN)) {
    if (token === '{' || token === '[') names.push(new Set());
    else if (token === '}' || token === ']') names.pop();
    else if (token === ':') {
      const known = names.at(-1);
      if (known?.has(last)) return last;
      known?.add(last);
    } else if (token !== ',') last = JSON.parse(token) as string;
  }
  return last;
}
