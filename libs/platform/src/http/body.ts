/**
 * What the bodies of requests say. A body with a field that is not known is refused with the name of that field, so that a slip
 * of the pen changes nothing. Each function throws HeadcountError.
 */
import type { z } from 'zod';
import { HeadcountError, type ErrorCode, type FieldFault } from '@headcount/protocol';

/** The fields of a body, which must be an object; `example` shows how it might look. */
export function fieldsOf(
  body: unknown,
  example: string,
  place: Place = [],
): Readonly<Record<string, unknown>> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>;
  if (place.length > 0) throw refusal([fault(place, `must be an object such as ${example}`)]);
  throw notAnObject(example);
}

/** The same of a body that may be left out. The JSON text `null` is not left out. */
export function optionalFieldsOf(
  body: unknown,
  example: string,
): Readonly<Record<string, unknown>> {
  return body === undefined ? {} : fieldsOf(body, example);
}

/** For requests that say all in their address: a body with anything in it is meant for another one. */
export function demandNoFields(body: unknown): void {
  const [name] = Object.keys(optionalFieldsOf(body, '{}'));
  if (name !== undefined) throw refusal([fault([name], 'this request takes no fields')]);
}

/** Where a value stands in a body: names and places in lists. */
export type Place = readonly PropertyKey[];

/** Throws BAD_REQUEST, with their names, where there are fields beside those. */
export function refuseOthers(
  fields: Readonly<Record<string, unknown>>,
  known: ReadonlySet<string>,
  place: Place = [],
): void {
  const others = Object.keys(fields).filter((name) => !known.has(name));
  if (others.length > 0)
    throw refusal(others.slice(0, FAULTS_MAX).map((name) => unknownField([...place, name], known)));
}

/** What a body says by its schema, which is strict. */
export function bodyOf<T>(schema: z.ZodType<T>, body: unknown, example: string): T {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  fieldsOf(body, example);
  throw refusal(read.error.issues.flatMap(faultsOf).slice(0, FAULTS_MAX), example);
}

/** A refusal that is for one field of the body. */
export function fieldRefusal(code: ErrorCode, field: string, detail: string): HeadcountError {
  return new HeadcountError(code, detail, { fields: [{ field, detail }] });
}

/** Most faults that one answer names, and the longest name of a field that it repeats, in characters. */
const FAULTS_MAX = 10;
const NAME_LENGTH_MAX = 64;

function refusal(fields: readonly FieldFault[], example?: string): HeadcountError {
  const [first] = fields;
  const shown = example === undefined ? '' : ` A body may look like ${example}.`;
  return new HeadcountError('BAD_REQUEST', `${first?.detail ?? ''}${shown}`, { fields });
}

const notAnObject = (example: string): HeadcountError =>
  new HeadcountError('BAD_REQUEST', `The body must be a JSON object such as ${example}.`);

function faultsOf(issue: z.core.$ZodIssue): FieldFault[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownField([...issue.path, key]));
  return [fault(issue.path, issue.message)];
}

function unknownField(place: Place, known?: ReadonlySet<string>): FieldFault {
  const others = known === undefined ? '' : `; known are ${[...known].join(', ')}`;
  return fault(place, `is not a known field${others}`);
}

function fault(place: Place, sentence: string): FieldFault {
  const field = place.map((part) => shortened(String(part))).join('.');
  return { field, detail: `${field}: ${sentence}.` };
}

const shortened = (name: string): string =>
  name.length <= NAME_LENGTH_MAX ? name : `${name.slice(0, NAME_LENGTH_MAX)}…`;
