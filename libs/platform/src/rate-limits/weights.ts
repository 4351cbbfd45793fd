/** How much of a rate limit a request takes: an ordinary one takes 1. */
import type { IncomingHttpHeaders } from 'node:http';
import { OperationTypeNode, type OperationDefinitionNode } from 'graphql';
import type { FastifyRequest } from 'fastify';
import { PUBLIC_BODY_BYTES_MAX } from '../http/fastify-adapter.js';

/** Cost of a query per unit: five counters that are read are about one request. */
const QUERY_COST = 50;
/** Cost of a mutation per unit: each field that changes something costs 10, and as often as its list is long. */
const MUTATION_COST = 10;

/** The weight of an operation of GraphQL by the cost that admission knows. */
export function operationWeight({ operation }: OperationDefinitionNode, cost: number): number {
  const perUnit = operation === OperationTypeNode.MUTATION ? MUTATION_COST : QUERY_COST;
  return Math.max(1, Math.floor(cost / perUnit));
}

/** Bodies up to this weigh 1: what is longer has to be read before it can be refused. */
const BODY_FREE_BYTES = 4096;
/** Weight of each KiB beyond it: parsing a document of GraphQL takes half a millisecond a KiB, an ordinary request a fifth of one. */
const WEIGHT_PER_KIB = 4;
/** A body that does not say how long it is. */
const UNSAID_BODY_WEIGHT = 4;

/** What reading the body of a request weighs. */
export function bodyWeight(headers: IncomingHttpHeaders): number {
  if (headers['transfer-encoding'] !== undefined) return UNSAID_BODY_WEIGHT;
  const bytes = Number(headers['content-length'] ?? 0);
  // What is longer is refused unread, and its connection closed.
  if (bytes > PUBLIC_BODY_BYTES_MAX) return 1;
  return 1 + WEIGHT_PER_KIB * Math.max(0, Math.ceil((bytes - BODY_FREE_BYTES) / 1024));
}

/** Configuration of a route whose requests weigh more than 1; read before the handler, when the body is there. */
export interface WeighedRoute {
  readonly weightOf: (request: Pick<FastifyRequest, 'body' | 'query'>) => number;
}

/** A batch of changes weighs as much as all of them alone. `list` is the field of the body that holds them. */
export function weighedByList(list: string): WeighedRoute {
  return { weightOf: ({ body }) => lengthOf(fieldOf(body, list)) };
}

/** Reading many at once weighs a fifth of reading each alone, as over GraphQL. `name` is repeated in the query of the address. */
export function weighedByQuery(name: string): WeighedRoute {
  return { weightOf: ({ query }) => Math.ceil(lengthOf(fieldOf(query, name)) / 5) };
}

const lengthOf = (value: unknown): number => (Array.isArray(value) ? Math.max(value.length, 1) : 1);

const fieldOf = (from: unknown, name: string): unknown =>
  typeof from === 'object' && from !== null && Object.hasOwn(from, name)
    ? (from as Readonly<Record<string, unknown>>)[name]
    : undefined;
