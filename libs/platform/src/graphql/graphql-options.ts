import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { pruneSchema } from '@graphql-tools/utils';
import { GraphQLError } from 'graphql';
import { isLoopback } from '../config/loopback.js';
import { depthLimit } from './depth-limit.js';
import { formatGraphqlError } from './format-error.js';

/** Deepest nesting of fields: ours need two, a client's fragments a few more. */
export const GRAPHQL_DEPTH_MAX = 8;

/** Most tokens of one document; a list of a hundred aliased counters has about 1,500. */
export const GRAPHQL_TOKENS_MAX = 5_000;

/**
 * Options of every app's GraphQL endpoint over HTTP. Introspection and GraphiQL are for
 * development, which is where HOST is a loopback address. Pass it to `GraphQLModule.forRoot`, with
 * `extra` over it.
 */
export function graphqlOptions(
  { HOST }: { readonly HOST: string },
  extra: Partial<ApolloDriverConfig> = {},
): ApolloDriverConfig {
  const development = isLoopback(HOST);
  return {
    driver: ApolloDriver,
    path: '/graphql',
    // The schema comes from the code and is kept in memory; a test holds it against the golden
    // file.
    autoSchemaFile: true,
    sortSchema: true,
    // Nest knows the types of the whole process, where several apps may run: what no operation of
    // this one reaches is not of its schema.
    transformSchema: (schema) => pruneSchema(schema),
    introspection: development,
    graphiql: development,
    playground: false,
    // Names of fields are no secret to a developer, but suggestions would tell them to everyone.
    hideSchemaDetailsFromClientErrors: !development,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    // Bootstrap stops the app; two who listen for signals would stop it twice.
    stopOnTerminationSignals: false,
    // Errors are already what callers should see; Nest would add its own view of HTTP exceptions.
    autoTransformHttpErrors: false,
    parseOptions: { maxTokens: GRAPHQL_TOKENS_MAX },
    validationRules: [depthLimit(GRAPHQL_DEPTH_MAX)],
    formatError: (formatted, error) =>
      error instanceof GraphQLError ? formatGraphqlError(error) : formatted,
    ...extra,
  };
}
