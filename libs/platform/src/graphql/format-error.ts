import { Logger } from '@nestjs/common';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { HeadcountError, errorEntry, isErrorCode } from '@headcount/protocol';
import { codeOf } from '../http/problem.js';

const logger = new Logger('GraphQL');

/**
 * An error as a GraphQL caller sees it, over HTTP and WebSocket alike: the message, where, and
 * `extensions.code`. What the caller did wrong in the language itself keeps the message of
 * graphql-js; of any other exception only the catalogue's sentence is told, and what is our fault
 * is logged, once.
 */
export function formatGraphqlError(error: GraphQLError): GraphQLFormattedError {
  const thrown = innermost(error);
  const { message, locations, path } = error.toJSON();
  const at = { ...(locations && { locations }), ...(path && { path }) };
  if (thrown instanceof GraphQLError) {
    // Apollo gives what it takes for an invalid document a code of its own; ours says more.
    const { code } = isErrorCode(thrown.extensions.code) ? thrown.extensions : error.extensions;
    return {
      message,
      ...at,
      extensions: { code: typeof code === 'string' ? code : 'BAD_REQUEST' },
    };
  }
  const code = codeOf(thrown);
  if (code === 'INTERNAL') logger.error({ err: thrown }, 'operation failed');
  const detail = thrown instanceof HeadcountError ? thrown.detail : undefined;
  return { message: detail ?? errorEntry(code).title, ...at, extensions: { code } };
}

/** The same without a guess at what was meant, which would name parts of the schema to whoever mistypes. */
export function withoutSuggestion(error: GraphQLFormattedError): GraphQLFormattedError {
  return { ...error, message: error.message.replace(/ ?Did you mean .+\?$/s, '') };
}

/**
 * What was thrown first, below the errors that graphql-js wraps around it. It is an error of
 * graphql-js where the document or its variables are at fault, and another where a resolver failed.
 */
function innermost(error: GraphQLError): Error {
  let inner: Error = error;
  while (inner instanceof GraphQLError && inner.originalError) inner = inner.originalError;
  return inner;
}
