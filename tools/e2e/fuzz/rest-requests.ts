/** Requests to every route of an OpenAPI document, as it says and otherwise. */
import fc from 'fast-check';
import type { RawRequest } from './raw-http.js';
import { NAUGHTY, anyNumber, anyText, anyTime } from './texts.js';

/** The part of JSON Schema that our documents use. */
export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
}

interface Parameter {
  readonly in: string;
  readonly name: string;
  readonly schema?: Schema;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { schema?: Schema }>> };
}

/** An OpenAPI document, as far as requests follow from it. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Route extends Operation {
  readonly method: string;
  readonly path: string;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'FOO', 'get'];
const ELSEWHERE = [
  '/',
  '//',
  '/%',
  '/%00',
  '/a/%ff/counter',
  '/../etc/passwd',
  '/graphql',
  '/metrics',
  '/health/ready',
  '/internal/v1/sync',
  '/internal/v1/region',
  `/${'a'.repeat(9000)}/counter`,
  '/*',
  'http://other.example/a/counter',
  '/a/counter?first=1&first=2&first[x]=3',
];

/** The routes of a document. */
export function routesOf({ paths }: OpenApi): Route[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      ...operation,
      path,
      method: method.toUpperCase(),
    })),
  );
}

/** Requests to the routes of a document. Most are nearly right, so that they come far. */
export function restRequests(document: OpenApi): fc.Arbitrary<RawRequest> {
  const ordinary = fc.oneof(...routesOf(document).map((route) => requestTo(route)));
  const elsewhere = fc.record({
    method: fc.constantFrom(...METHODS),
    target: fc.oneof(
      fc.constantFrom(...ELSEWHERE),
      anyText.map((text) => `/${text}`),
    ),
    headers: anyHeaders,
    body: fc.option(anyBody),
  });
  const otherMethod = fc
    .tuple(ordinary, fc.constantFrom(...METHODS))
    .map(([request, method]) => ({ ...request, method }));
  const raw = fc
    .tuple(ordinary, anyText)
    .map(([request, text]) => ({ ...request, target: `${request.target}${text}` }));
  return fc.oneof(
    { weight: 14, arbitrary: ordinary },
    { weight: 2, arbitrary: otherMethod },
    { weight: 2, arbitrary: elsewhere },
    { weight: 1, arbitrary: raw },
  );
}

function requestTo({
  method,
  path,
  parameters = [],
  requestBody,
}: Route): fc.Arbitrary<RawRequest> {
  const schema = requestBody?.content?.['application/json']?.schema;
  const values = fc.record(
    Object.fromEntries(
      parameters.map(({ name, in: place, schema: of = {} }) => [
        `${place} ${name}`,
        place === 'path' ? textOf(of) : fc.option(textOf(of)),
      ]),
    ),
  );
  return fc
    .tuple(
      values,
      schema === undefined ? fc.option(anyBody, { freq: 20 }).map((body) => body) : bodyOf(schema),
      anyHeaders,
    )
    .map(([given, body, headers]) => ({
      method,
      target: targetOf(path, given),
      headers: [...headersOf(given), ...(body === null ? [] : typeOf(headers)), ...headers],
      body,
    }));
}

type Given = Readonly<Record<string, string | null>>;

function targetOf(path: string, given: Given): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    percent(given[`path ${name}`] ?? ''),
  );
  const query = Object.entries(given)
    .filter(([name, value]) => name.startsWith('query ') && value !== null)
    .map(([name, value]) => `${name.slice(6)}=${percent(value ?? '')}`);
  return query.length === 0 ? filled : `${filled}?${query.join('&')}`;
}

const headersOf = (given: Given): [string, string][] =>
  Object.entries(given).flatMap(([name, value]): [string, string][] =>
    name.startsWith('header ') && value !== null ? [[name.slice(7), oneLine(value)]] : [],
  );

/** Percent-encoded, lone surrogates as the sign for what is none. */
const percent = (text: string): string =>
  [...Buffer.from(text, 'utf8')]
    .map((byte) =>
      /[\w.~-]/.test(String.fromCharCode(byte)) && byte < 128
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).padStart(2, '0')}`,
    )
    .join('');

const oneLine = (text: string): string => text.replace(/[\r\n]/g, ' ');

const textOf = ({ type, format, enum: words }: Schema): fc.Arbitrary<string> => {
  if (words !== undefined)
    return fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...words.map(String)) },
      { weight: 1, arbitrary: anyText },
    );
  if (type === 'integer' || type === 'number')
    return fc.oneof(
      { weight: 4, arbitrary: anyNumber.map(String) },
      { weight: 1, arbitrary: anyText },
    );
  if (format === 'date-time')
    return fc.oneof({ weight: 4, arbitrary: anyTime }, { weight: 1, arbitrary: anyText });
  return anyText;
};

/** A value as the schema says, and now and then anything at all. */
export function valueOf(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 12, arbitrary: rightValueOf(schema) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  );
}

function rightValueOf(schema: Schema): fc.Arbitrary<unknown> {
  const { type, oneOf, items, properties = {}, required = [] } = schema;
  if (oneOf !== undefined) return fc.oneof(...oneOf.map(valueOf));
  switch (type) {
    case 'object':
      return fc.record(
        Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, valueOf(one)])),
        { requiredKeys: [...required] },
      );
    case 'array':
      return fc.array(valueOf(items ?? {}), { maxLength: 4 });
    case 'integer':
    case 'number':
      return anyNumber;
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return textOf(schema);
  }
}

const bodyOf = (schema: Schema): fc.Arbitrary<string | null> =>
  fc.oneof(
    { weight: 12, arbitrary: valueOf(schema).map((value) => JSON.stringify(value) ?? '') },
    { weight: 1, arbitrary: anyBody },
    { weight: 1, arbitrary: fc.constant(null) },
  );

/** Bodies that are no JSON, or JSON that makes trouble. */
const anyBody: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...NAUGHTY),
  fc.json(),
  fc.constantFrom(
    '',
    '{',
    'null',
    '[]',
    '"text"',
    '{"__proto__":{"action":"increment"}}',
    '{"constructor":{"prototype":{"x":1}}}',
    '{"action":"increment","action":"decrement"}',
    '{"action":"increment"}{"action":"increment"}',
    '\ufeff{"action":"increment"}',
    `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
    `{"action":"${'x'.repeat(70_000)}"}`,
  ),
);

/** JSON is the media type of bodies, unless a header says another one. */
const typeOf = (headers: readonly (readonly [string, string])[]): [string, string][] =>
  headers.some(([name]) => name === 'content-type') ? [] : [['content-type', 'application/json']];

const anyHeader: fc.Arbitrary<[string, string]> = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      'x-headcount-user',
      'idempotency-key',
      'accept',
      'authorization',
      'x-forwarded-for',
      'cookie',
      'origin',
      'traceparent',
    ),
    anyText.map(oneLine),
  ),
  fc.constantFrom<[string, string][]>(
    ['content-type', 'text/plain'],
    ['content-type', 'application/json; charset=utf-16'],
    ['content-type', 'multipart/form-data'],
    ['content-type', ''],
    ['content-encoding', 'gzip'],
    ['accept', 'text/html'],
    ['accept', 'application/json;q=0'],
    ['accept', '*/*;q=banana'],
    ['expect', '100-continue'],
    ['transfer-encoding', 'chunked'],
    ['transfer-encoding', 'chunked, chunked'],
    ['content-length', '-1'],
    ['content-length', '1'],
    ['x-http-method-override', 'DELETE'],
    ['x-long', 'x'.repeat(20_000)],
    ['range', 'bytes=0-0'],
    ['bad header', 'x'],
    ['x-split', 'a\r\nx-injected: 1'],
  ),
);

const anyHeaders = fc.oneof(
  { weight: 5, arbitrary: fc.constant<[string, string][]>([]) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('ann', 'bob')
      .map((user): [string, string][] => [['x-headcount-user', user]]),
  },
  { weight: 2, arbitrary: fc.array(anyHeader, { maxLength: 3 }) },
);
