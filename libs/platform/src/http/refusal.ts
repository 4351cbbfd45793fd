/** Refusals that come before Nest has the request, so that its filter does not see them. */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorEntry, type ErrorCode } from '@headcount/protocol';
import { PROBLEM_MEDIA_TYPE, problemOf } from './problem.js';

const GRAPHQL = '/graphql';
const GRAPHQL_TYPE = 'application/graphql-response+json';

/** Answers a request that a hook refuses: with problem details, or from `/graphql` as a GraphQL error. */
export function answerRefusal(
  request: FastifyRequest,
  reply: FastifyReply,
  code: ErrorCode,
  detail?: string,
): FastifyReply {
  const { httpStatus, title } = errorEntry(code);
  void reply.code(httpStatus).header('cache-control', 'no-store');
  if (request.routeOptions.url !== GRAPHQL) {
    void reply.type(PROBLEM_MEDIA_TYPE);
    return reply.send(JSON.stringify(problemOf(code, randomUUID(), detail)));
  }
  const asks = request.headers.accept?.includes(GRAPHQL_TYPE) ?? false;
  void reply.type(asks ? GRAPHQL_TYPE : 'application/json');
  return reply.send(
    JSON.stringify({ errors: [{ message: detail ?? title, extensions: { code } }] }),
  );
}

/** Answers a request that Fastify does not have, with problem details. */
export function answerRaw(response: ServerResponse, code: ErrorCode, detail?: string): void {
  const problem = problemOf(code, randomUUID(), detail);
  const body = JSON.stringify(problem);
  response.writeHead(problem.status, {
    'content-type': PROBLEM_MEDIA_TYPE,
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** Answers on a connection that HTTP no longer has, or cannot read, with problem details, and closes it. */
export function answerOnSocket(socket: Duplex, code: ErrorCode, detail?: string): void {
  const problem = problemOf(code, randomUUID(), detail);
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    `content-type: ${PROBLEM_MEDIA_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  // An end alone would leave it open for as long as the other side likes, with no timeout any more.
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
