import type { ApolloServerPlugin } from '@apollo/server';
import { costRefusal } from './operation-cost.js';

/** Refuses operations that cost more than `costMax`, over HTTP, before they are executed. */
export function costLimit(costMax: number): ApolloServerPlugin {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ schema, document, request }) => {
        const refusal = costRefusal(schema, document, request, costMax);
        if (refusal !== null) throw refusal;
      },
    }),
  };
}
