import { ApolloClient, CombinedGraphQLErrors, InMemoryCache, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createClient } from 'graphql-ws';
import { OPERATIONS } from './operations.js';
import { socketOptions, type OpenStockClient } from './stock-client.js';

/** Apollo Client over its GraphQLWsLink. */
export const openApollo: OpenStockClient = (going) => {
  const socket = createClient(socketOptions(going));
  const client = new ApolloClient({ link: new GraphQLWsLink(socket), cache: new InMemoryCache() });
  return {
    subscribe: (name, variables, { data: show, failed }) => {
      const fail = (error: unknown): void =>
        failed(CombinedGraphQLErrors.is(error) ? error.errors[0]?.extensions?.code : error);
      const subscription = client
        .subscribe({ query: gql(OPERATIONS[name]), variables })
        .subscribe({ next: ({ data, error }) => (error ? fail(error) : show(data)), error: fail });
      return () => subscription.unsubscribe();
    },
    close: async () => {
      client.stop();
      await socket.dispose();
    },
  };
};
