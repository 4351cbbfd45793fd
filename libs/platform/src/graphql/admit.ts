/**
 * Admission: whether an operation of a valid document may be executed. Every path that executes GraphQL asks here, and only
 * here: HTTP, the fast path of counter-api, WebSocket, event streams, and federation's `_entities`, which is a field like any
 * other.
 */
import { GraphQLError, getOperationAST } from 'graphql';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { err, ok, type ErrorCode, type Result } from '@headcount/protocol';
import type { GraphqlLimits } from '../config/limit-settings.js';
import { TOO_COMPLEX } from './document-limits.js';
import { operationCost } from './operation-cost.js';

/** Which operation of a document is asked for, and with what. Variables are as they came. */
export interface OperationAsked {
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** An operation that may be executed. */
export interface Admitted {
  readonly operation: OperationDefinitionNode;
  readonly cost: number;
}

/** An operation that must not be executed. */
export interface Refusal {
  /** Which check refused it. What is wrong with variables the executor reports in the same words, without executing. */
  readonly check: 'operation' | 'variables' | 'cost';
  readonly errors: readonly GraphQLError[];
}

/**
 * Finds the operation and computes its cost from the variable values that the executor will use. `document` has passed
 * validation. Refuses an operation that is not there (BAD_REQUEST), variables that do not fit, and a cost above
 * GRAPHQL_COST_MAX (TOO_COMPLEX). Cost O(document) once per operation, then O(variables that size lists).
 */
export function admit(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: OperationAsked['variables'],
  { GRAPHQL_COST_MAX: costMax }: Pick<GraphqlLimits, 'GRAPHQL_COST_MAX'>,
): Result<Admitted, Refusal> {
  const operation = getOperationAST(document, operationName);
  if (!operation) return err(refusal('operation', 'BAD_REQUEST', notFound(operationName)));
  const cost = operationCost(schema, document, operation, variables ?? {});
  if (!cost.ok) return err({ check: 'variables', errors: cost.error });
  if (cost.value <= costMax) return ok({ operation, cost: cost.value });
  const sentence = `The operation costs ${cost.value}; ${costMax} is allowed.`;
  return err(refusal('cost', TOO_COMPLEX, sentence));
}

const notFound = (operationName: string | null | undefined): string =>
  (operationName ?? null) === null
    ? 'operationName is needed: the document does not have exactly one operation.'
    : 'operationName names no operation of the document.';

function refusal(check: Refusal['check'], code: ErrorCode, sentence: string): Refusal {
  const extensions = { code, http: { status: 400 } };
  return { check, errors: [new GraphQLError(sentence, { extensions })] };
}
