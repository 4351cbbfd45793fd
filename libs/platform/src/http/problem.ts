/**
 * Problem details: what an HTTP caller is told when a request fails (RFC 9457). Of an exception
 * that is not ours nothing is told but the code: messages of libraries may hold anything.
 */
import { HttpException } from '@nestjs/common';
import { HeadcountError, errorEntry, type ErrorCode, type FieldFault } from '@headcount/protocol';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** The document. */
export interface Problem {
  /** Names the kind of problem; there is nothing to fetch. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What was wrong with this very request. */
  readonly detail?: string;
  readonly code: ErrorCode;
  /** The fields of the body that are at fault, where that is known. */
  readonly errors?: readonly FieldProblem[];
  /** Names this occurrence; an error of ours is logged under it. */
  readonly instance: string;
}

/** What is wrong with one field, as RFC 9457 shows it. */
export interface FieldProblem {
  /** A JSON pointer as a fragment: `#/changes/0/by`. */
  readonly pointer: string;
  readonly detail: string;
}

/** The document for a code. `occurrence` is a UUID. */
export function problemOf(
  code: ErrorCode,
  occurrence: string,
  detail?: string,
  fields: readonly FieldFault[] = [],
): Problem {
  const { httpStatus: status, title } = errorEntry(code);
  return {
    type: `urn:headcount:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status,
    ...(detail === undefined ? {} : { detail }),
    code,
    ...(fields.length === 0 ? {} : { errors: fields.map(fieldProblem) }),
    instance: `urn:uuid:${occurrence}`,
  };
}

function fieldProblem({ field, detail }: FieldFault): FieldProblem {
  const parts = field.split('.').map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'));
  return { pointer: `#/${parts.map((part) => encodeURIComponent(part)).join('/')}`, detail };
}

const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  406: 'NOT_ACCEPTABLE',
  408: 'REQUEST_TIMEOUT',
  413: 'PAYLOAD_TOO_LARGE',
  412: 'PRECONDITION_FAILED',
  414: 'URI_TOO_LONG',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'TOO_MANY',
};

/** The code for whatever was thrown: ours, Nest's, Fastify's, or a mistake of ours. */
export function codeOf(thrown: unknown): ErrorCode {
  if (thrown instanceof HeadcountError) return thrown.code;
  const status = statusOf(thrown);
  return CODE_OF_STATUS[status] ?? (status >= 400 && status < 500 ? 'BAD_REQUEST' : 'INTERNAL');
}

function statusOf(thrown: unknown): number {
  if (thrown instanceof HttpException) return thrown.getStatus();
  if (typeof thrown !== 'object' || thrown === null) return 500;
  // Fastify's own errors carry their status as a property, as does that of a caller who went away in
  // the middle of a body. The status that some other library had from elsewhere says nothing here.
  const { code, statusCode } = thrown as { code?: unknown; statusCode?: unknown };
  const isFastify = typeof code === 'string' && /^(?:FST_|ECONNRESET$)/.test(code);
  return isFastify && typeof statusCode === 'number' ? statusCode : 500;
}
