import type { IncomingMessage } from 'node:http';
import {
  subscribe,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import { createHandler, type Handler } from 'graphql-sse';
import { chargeOperation, endTurn, formatGraphqlError } from '@headcount/platform';
import type { Visitor } from '../presence/visitor.js';
import type { Documents } from '../sockets/documents.js';
import type { EventStream } from './event-stream.js';
import { paced } from './paced.js';

/** What an operation over a stream is executed with; resolvers see the visitor, as over a socket. */
export type StreamContext = {
  readonly visitor: Visitor;
  readonly stream: EventStream;
  /** The request that asked for the stream. */
  readonly request: IncomingMessage;
};

export type GraphqlStream = Handler<unknown, StreamContext>;

export interface GraphqlStreamOptions {
  readonly schema: () => GraphQLSchema;
  readonly documents: Documents;
}

/** The side of graphql-sse that answers, in its distinct connections mode. */
export function graphqlStream({ schema, documents }: GraphqlStreamOptions): GraphqlStream {
  return createHandler<unknown, StreamContext, StreamContext>({
    // Without tokens there is no single connection mode: its queue for a reader has no limit.
    authenticate: () => null,
    // Documents have been validated when they are prepared, and once for all who send the same.
    validate: () => [],
    context: ({ context }) => context,
    onSubscribe: async ({ context }, { query, variables, operationName }) => {
      const admitted = documents.admit(schema(), { query, variables, operationName });
      if (!admitted.ok) return refusing(admitted.error);
      const { prepared } = admitted.value;
      const refusal = await chargeOperation(context.request, admitted.value);
      if (refusal !== null) return refusing([refusal]);
      return {
        schema: schema(),
        document: prepared.document,
        variableValues: variables,
        operationName,
        contextValue: context,
      };
    },
    subscribe: async (args) => {
      const results = await subscribe(args);
      endTurn(args.contextValue.request);
      return Symbol.asyncIterator in results
        ? paced(results, () => args.contextValue.stream.ready())
        : results;
    },
    onNext: (_context, _request, result) =>
      result.errors && { ...result, errors: result.errors.map(formatted) },
  });
}

/**
 * A document that is refused, as the one result of its operation. Not as a plain result, for one
 * without `data` graphql-sse takes for no result at all.
 */
async function* refusing(errors: readonly GraphQLError[]): AsyncGenerator<ExecutionResult> {
  yield { errors };
}

/** graphql-sse types errors as they are made, and sends whatever they have become. */
function formatted(error: GraphQLError | GraphQLFormattedError): GraphQLError {
  return ('toJSON' in error ? formatGraphqlError(error) : error) as GraphQLError;
}
