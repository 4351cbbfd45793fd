import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { pruneSchema } from '@graphql-tools/utils';
import { GraphQLError } from 'graphql';
import type { GraphqlLimits } from '../config/limit-settings.js';
import { isLoopback } from '../config/loopback.js';
import { admissionPlugin } from './admission-plugin.js';
import { documentLimits } from './document-limits.js';
import { formatGraphqlError, withoutSuggestion } from './format-error.js';
import { graphiqlPage } from './graphiql.js';
import { noSubscriptions } from './no-subscriptions.js';
import { leaveOutOrphanedTypes } from './orphaned-types.js';

/**
 * Options of every app's GraphQL endpoint over HTTP. Introspection and GraphiQL are for
 * development, which is where HOST is a loopback address. Pass it to `GraphQLModule.forRoot`, with
 * `extra` over it.
 */
export function graphqlOptions(
  config: { readonly HOST: string } & GraphqlLimits,
  extra: Partial<ApolloDriverConfig> = {},
): ApolloDriverConfig {
  leaveOutOrphanedTypes();
  const development = isLoopback(config.HOST);
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
    // Those of Nest load scripts from elsewhere; the page is ours.
    graphiql: false,
    playground: false,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    // Bootstrap stops the app; two who listen for signals would stop it twice.
    stopOnTerminationSignals: false,
    // Errors are already what callers should see; Nest would add its own view of HTTP exceptions.
    autoTransformHttpErrors: false,
    // What is longer is not even read, so that nothing that comes after has to bear it.
    parseOptions: { maxTokens: config.GRAPHQL_TOKENS_MAX },
    validationRules: [
      documentLimits({
        depthMax: config.GRAPHQL_DEPTH_MAX,
        aliasesMax: config.GRAPHQL_ALIASES_MAX,
      }),
    ],
    // Whoever asked for a trace of a subgraph would be told of every resolver; and its plugin writes to the console.
    plugins: [
      noSubscriptions(),
      admissionPlugin(config),
      ApolloServerPluginInlineTraceDisabled(),
      ...(development ? [graphiqlPage()] : []),
    ],
    formatError: (formatted, error) => {
      const shown = error instanceof GraphQLError ? formatGraphqlError(error) : formatted;
      // Names of fields are no secret to a developer, but suggestions would tell them to everyone.
      return development ? shown : withoutSuggestion(shown);
    },
    ...extra,
  };
}
