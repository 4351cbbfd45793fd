/** What the fuzzer would notice. */
import { operation } from './graphql-documents.js';
import { faultsOf, mayHaveChanged } from './judge.js';
import { faultLines, forgedLines } from './logs.js';
import type { RawAnswer, RawRequest } from './raw-http.js';

const put: RawRequest = { method: 'PUT', target: '/a/counter', headers: [], body: '{}' };
const answer = (
  status: number | null,
  body: object | string,
  contentType = 'application/json',
) => ({
  ...{ status, contentType },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const problem = (status: number, code: string): RawAnswer =>
  answer(status, { code }, 'application/problem+json');
const failed = (code: string, path?: unknown[]): RawAnswer =>
  answer(200, { data: null, errors: [{ ...(path && { path }), extensions: { code } }] });

describe('an answer', () => {
  it.each([
    ['is missing', put, answer(null, '')],
    ['tells of a fault of ours', put, problem(500, 'INTERNAL')],
    ['says that the store is away', put, problem(503, 'STORE_UNAVAILABLE')],
    ['has a code that there is not', put, problem(400, 'OOPS')],
    ['does not know a method that there is', put, problem(501, 'NOT_IMPLEMENTED')],
    ['tells no code', put, answer(400, { message: 'no' })],
    ['shows a stack', put, answer(200, 'Error: x\n    at f (/app/main.js:1:2)')],
    ['tells of a fault within GraphQL', operation('{ a }', {}), failed('INTERNAL', ['a'])],
  ])('is wrong where it %s', (_, request, given) => {
    expect(faultsOf(request, given)).not.toEqual([]);
  });

  it('is right where it is a refusal of the catalogue, or tells of a store that is away while it is', () => {
    expect(faultsOf(put, problem(404, 'NOT_FOUND'))).toEqual([]);
    const foo = { ...put, method: 'FOO' };
    expect(faultsOf(foo, problem(501, 'NOT_IMPLEMENTED'))).toEqual([]);
    expect(faultsOf(put, problem(503, 'OUTCOME_UNKNOWN'), false)).toEqual([]);
    expect(faultsOf(operation('{', {}), failed('GRAPHQL_PARSE_FAILED'))).toEqual([]);
  });
});

describe('a request that may have changed something', () => {
  const both = operation('mutation { x: a y: b }', {});
  it.each([
    ['was taken', put, answer(200, {}), true],
    ['was refused', put, problem(400, 'BAD_REQUEST'), false],
    ['is a question', { ...put, method: 'GET' }, answer(200, {}), false],
    ['is a query', operation('{ a }', {}), answer(200, { data: { a: 1 } }), false],
    ['is a mutation', both, answer(200, { data: {} }), true],
    ['is a mutation refused in part', both, failed('FORBIDDEN', ['x']), true],
    [
      'is one taken whose answer could not be shown',
      operation('mutation { a { b } }', {}),
      failed('FORBIDDEN', ['a', 'b']),
      true,
    ],
    ['is one refused', operation('mutation { x: a }', {}), failed('FORBIDDEN', ['x']), false],
    ['is one that was no valid document', both, failed('GRAPHQL_VALIDATION_FAILED'), false],
  ])('or not: it %s', (_, request, given, outcome) => {
    expect(mayHaveChanged(request, given)).toBe(outcome);
  });
});

describe('the log', () => {
  const log = (...lines: string[]): string => `cut\n${lines.join('\n')}\ncut`;

  it('shows what was forged', () => {
    const good = '{"level":30,"msg":"a\\nb"}';
    expect(forgedLines(log(good, 'x', '{"msg":"\u001b[31m"}', good))).toHaveLength(2);
  });

  it('shows faults of ours', () => {
    expect(faultLines(log('{"level":40}', '{"level":50}', '{"level":60}'))).toHaveLength(2);
  });
});
