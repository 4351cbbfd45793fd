import { GraphQLError } from 'graphql';
import { TOO_COMPLEX } from './document-limits.js';

/**
 * Most brackets that may be open at once in the text of a document: twice the deepest that GRAPHQL_DEPTH_MAX allows, as
 * values nest too. The parser calls itself for each; 2,000 use up its stack, which takes 6 ms instead of 0.4.
 */
export const NESTING_MAX = 200;

/** Why a text nests too deeply to be parsed; null: it does not. Cost O(text), nothing is allocated. */
export function nestingFault(source: string): GraphQLError | null {
  if (!nestsDeeper(source, NESTING_MAX)) return null;
  return new GraphQLError(`The document has more than ${NESTING_MAX} brackets open at once.`, {
    extensions: { code: TOO_COMPLEX },
  });
}

function nestsDeeper(source: string, max: number): boolean {
  let depth = 0;
  for (let at = 0; at < source.length; at += 1) {
    switch (source[at]) {
      case '{':
      case '[':
      case '(':
        depth += 1;
        if (depth > max) return true;
        break;
      case '}':
      case ']':
      case ')':
        depth -= 1;
        break;
      case '"':
        at = endOfString(source, at);
        break;
      case '#':
        at = endOfComment(source, at);
        break;
    }
  }
  return false;
}

/** Where a string ends that begins at `at`: at its last sign, or where the parser would give up. Spec (October 2021), 2.9.4. */
function endOfString(source: string, at: number): number {
  return source.startsWith('"""', at)
    ? endOfBlock(source, at + 3)
    : endOfLineString(source, at + 1);
}

function endOfBlock(source: string, from: number): number {
  let at = from;
  for (;;) {
    const end = source.indexOf('"""', at);
    if (end === -1) return source.length;
    if (source[end - 1] !== '\\' || end === from) return end + 2;
    at = end + 3;
  }
}

function endOfLineString(source: string, from: number): number {
  let at = from;
  for (; at < source.length; at += 1) {
    const sign = source[at];
    if (sign === '"' || sign === '\n' || sign === '\r') return at;
    if (sign === '\\') at += 1;
  }
  return at;
}

function endOfComment(source: string, from: number): number {
  for (let at = from; at < source.length; at += 1)
    if (source[at] === '\n' || source[at] === '\r') return at;
  return source.length;
}
