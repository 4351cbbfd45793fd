/** Whether an answer is one that a caller may get, whatever the caller has sent. */
import { METHODS } from 'node:http';
import { Kind, getOperationAST, parse } from 'graphql';
import { ERRORS } from '@headcount/protocol';
import type { RawAnswer, RawRequest } from './raw-http.js';

/** Statuses of refusals that say themselves that something is away; a test may allow them while it is. */
const AWAY = 503;

/** What is wrong with the answer, as sentences. `isWhole`: the store is there, so nothing may be said to be away. */
export function faultsOf(request: RawRequest, answer: RawAnswer, isWhole = true): string[] {
  const { status, body, contentType } = answer;
  const faults: string[] = [];
  if (status === null) faults.push('there is no answer');
  else if (status >= 500 && !isUnknownMethod(request, status) && (isWhole || status !== AWAY))
    faults.push(`the status is ${status}`);
  if (/\n\s+at .*[.:]\d+/.test(body)) faults.push('the answer shows a stack');
  if (/x-injected/i.test(contentType)) faults.push('a header was injected');
  if (status !== null && status >= 400 && !isTold(request, answer)) faults.push('no code is told');
  if (request.method !== 'HEAD')
    faults.push(...codesOf(answer).flatMap((code) => faultOfCode(code, isWhole)));
  return faults.map(
    (fault) =>
      `${fault}: ${JSON.stringify(request).slice(0, 600)} -> ${JSON.stringify(answer).slice(0, 600)}`,
  );
}

/** 501 is right for a method that nobody knows (RFC 9110, 9.1), and for no other. */
const isUnknownMethod = ({ method }: RawRequest, status: number): boolean =>
  status === 501 && !METHODS.includes(method);

/** Whether a refusal is problem details; GraphQL has its own form, and no answer to HEAD has a body. */
function isTold({ method, target }: RawRequest, { contentType }: RawAnswer): boolean {
  if (method === 'HEAD' || target.startsWith('/graphql')) return true;
  return (
    contentType.startsWith('application/problem+json') ||
    contentType.startsWith('application/health')
  );
}

/** Codes that Apollo Server gives by itself. */
const OF_GRAPHQL = [
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
];

function faultOfCode(code: string, isWhole: boolean): string[] {
  if (code === 'INTERNAL') return ['something of ours has failed'];
  if (isWhole && ['STORE_UNAVAILABLE', 'OUTCOME_UNKNOWN'].includes(code))
    return [`the code is ${code}`];
  return code in ERRORS || OF_GRAPHQL.includes(code) ? [] : [`${code} is no code of the catalogue`];
}

/** The codes of a problem document, or of the errors of GraphQL. */
export function codesOf({ contentType, body }: RawAnswer): string[] {
  const said = jsonOf(body);
  if (contentType.startsWith('application/problem+json')) return [String(said.code)];
  const { errors } = said;
  return Array.isArray(errors) ? errors.map((error) => String(error?.extensions?.code)) : [];
}

/** Whether a request may have changed something: it was neither a question nor refused. */
export function mayHaveChanged(request: RawRequest, { status, body }: RawAnswer): boolean {
  if (status === null || status >= 400) return false;
  if (['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return false;
  if (request.target !== '/graphql') return true;
  const fields = mutatedBy(jsonOf(request.body ?? '').query);
  const { errors } = jsonOf(body);
  // An error of a field within says nothing of the mutation, though it may take the place of the answer.
  const refused = Array.isArray(errors)
    ? errors.flatMap(({ path }) => (Array.isArray(path) ? (path.length === 1 ? path : []) : fields))
    : [];
  return fields.some((field) => !refused.includes(field));
}

/** What the fields of a mutation are called in its answer; none for a question, or what is no document. */
function mutatedBy(query: unknown): string[] {
  try {
    const operation = getOperationAST(parse(String(query)), null);
    if (operation?.operation !== 'mutation') return [];
    return operation.selectionSet.selections.map((selection) =>
      selection.kind === Kind.FIELD ? (selection.alias ?? selection.name).value : '…',
    );
  } catch {
    return [];
  }
}

function jsonOf(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
