import {
  GraphQLError,
  type ExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import { makeServer, type Context, type Server, type SubscribePayload } from 'graphql-ws';
import { formatGraphqlError, type Authenticator, type Ids } from '@headcount/platform';
import {
  HeadcountError,
  err,
  errorEntry,
  ok,
  type ErrorCode,
  type Result,
  type ViewerId,
} from '@headcount/protocol';
import type { Visitor } from '../presence/visitor.js';
import type { SocketContext } from '../subscriptions/counter.resolver.js';
import { Documents } from './documents.js';
import { sharedSubscribe } from './shared-subscribe.js';

/** What graphql-ws keeps of a socket for us. */
export interface SocketExtra {
  readonly socketId: number;
  readonly viewerInAddress: string | null;
  /** Null before connection_init. */
  visitor: Visitor | null;
  readonly close: (code: number, reason: string) => void;
}

export interface GraphqlServerOptions {
  readonly schema: () => GraphQLSchema;
  readonly introspection: boolean;
  readonly authenticator: Authenticator;
  readonly ids: Ids;
  readonly initTimeoutMs: number;
  readonly operationsPerSocketMax: number;
}

/** Where a refusal names no close code of its own. */
const BAD_REQUEST_CLOSE = errorEntry('BAD_REQUEST').wsCloseCode ?? 4400;

/**
 * The side of graphql-transport-ws that answers: who a socket is, and what its operations run on.
 */
export function graphqlServer(options: GraphqlServerOptions): Server<SocketExtra> {
  const documents = new Documents(options.introspection);
  return makeServer<Record<string, unknown>, SocketExtra>({
    connectionInitWaitTimeout: options.initTimeoutMs,
    onConnect: async ({ connectionParams, extra }) => {
      const viewerId = await viewerOf(connectionParams ?? {}, extra.viewerInAddress, options);
      if (!viewerId.ok) {
        const { wsCloseCode = BAD_REQUEST_CLOSE, title } = errorEntry(viewerId.error);
        extra.close(wsCloseCode, title);
        return false;
      }
      extra.visitor = { socketId: extra.socketId, viewerId: viewerId.value };
      return true;
    },
    onSubscribe: (context, _id, payload) => operation(context, payload, documents, options),
    subscribe: sharedSubscribe(),
    onOperation: (_context, _id, _payload, _args, result) =>
      isRefusal(result) ? refusing(result) : undefined,
    onNext: (_context, _id, _payload, _args, { data = null, errors }) =>
      errors && { data, errors: errors.map(formatGraphqlError) },
    onError: (_context, _id, _payload, errors) => errors.map(formatted),
  });
}

/** Who speaks. Without authentication that is whoever it says, or somebody new. */
async function viewerOf(
  { token, viewerId = null }: Record<string, unknown>,
  viewerInAddress: string | null,
  { authenticator, ids }: GraphqlServerOptions,
): Promise<Result<ViewerId, ErrorCode>> {
  const claimed = viewerId ?? viewerInAddress ?? undefined;
  if (claimed !== undefined && typeof claimed !== 'string') return err('BAD_REQUEST');
  if (token !== undefined && typeof token !== 'string') return err('BAD_REQUEST');
  const subject = await authenticator.authenticate({ token, viewerId: claimed });
  if (!subject.ok) return subject;
  // A UUID is a viewer id as it stands.
  const id = subject.value.kind === 'viewer' ? subject.value.id : (ids.uuid() as ViewerId);
  // A balancer that went by another id has brought this viewer to a gateway that is not its own.
  return viewerInAddress === null || viewerInAddress === id ? ok(id) : err('BAD_VIEWER_ID');
}

function operation(
  { extra, subscriptions }: Context<Record<string, unknown>, SocketExtra>,
  { query, variables, operationName }: SubscribePayload,
  documents: Documents,
  options: GraphqlServerOptions,
) {
  const { visitor } = extra;
  if (visitor === null) return [refusalOf('UNAUTHENTICATED')];
  // The one that is asked for is among them already.
  if (Object.keys(subscriptions).length > options.operationsPerSocketMax)
    return [refusalOf('TOO_MANY')];
  const schema = options.schema();
  const document = documents.prepare(schema, query);
  if (!document.ok) return document.error;
  const contextValue: SocketContext = { visitor };
  return {
    schema,
    document: document.value,
    variableValues: variables,
    operationName,
    contextValue,
  };
}

const refusalOf = (code: ErrorCode): GraphQLError => {
  const originalError = new HeadcountError(code);
  return new GraphQLError(originalError.message, { originalError });
};

/** A subscription that was refused before its first event. */
function isRefusal(
  result: object,
): result is ExecutionResult & { readonly errors: readonly GraphQLError[] } {
  return 'errors' in result && !('data' in result);
}

/**
 * Makes the refusal an `error` message, which ends the operation; as a result it would be a `next`.
 */
function refusing({
  errors: [error],
}: {
  readonly errors: readonly GraphQLError[];
}): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) };
}

function formatted(error: GraphQLError | GraphQLFormattedError): GraphQLFormattedError {
  return error instanceof GraphQLError ? formatGraphqlError(error) : error;
}
