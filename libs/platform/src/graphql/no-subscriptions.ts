import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { ErrorCode } from '@headcount/protocol';

const BAD_REQUEST = 'BAD_REQUEST' satisfies ErrorCode;

/** Refuses subscriptions over plain HTTP, which has one answer: their fields would be resolved without a value. */
export function noSubscriptions(): ApolloServerPlugin {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ operation }) => {
        if (operation?.operation !== 'subscription') return;
        const told = 'Subscriptions go over WebSocket or an event stream.';
        throw new GraphQLError(told, { extensions: { code: BAD_REQUEST, http: { status: 400 } } });
      },
    }),
  };
}
