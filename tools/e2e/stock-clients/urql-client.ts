import { Client, subscriptionExchange, type ExecutionResult } from '@urql/core';
import { createClient } from 'graphql-ws';
import { OPERATIONS } from './operations.js';
import { codeOf, socketOptions, type OpenStockClient } from './stock-client.js';

/** urql with its subscription exchange over graphql-ws. */
export const openUrql: OpenStockClient = (going) => {
  const socket = createClient(socketOptions(going));
  const client = new Client({
    url: going.liveUrl,
    preferGetMethod: false,
    exchanges: [
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe(
              { query, variables: variables ?? {} },
              // With undefined for what is absent, which the two packages have different types for.
              { ...sink, next: (result) => sink.next(result as ExecutionResult) },
            ),
          }),
        }),
      }),
    ],
  });
  return {
    subscribe: (name, variables, { data: show, failed }) => {
      const subscription = client
        .subscription(OPERATIONS[name], variables)
        .subscribe(({ data, error }) => {
          if (error) failed(codeOf(error.networkError ?? error.graphQLErrors));
          else show(data);
        });
      return () => subscription.unsubscribe();
    },
    close: async () => socket.dispose(),
  };
};
