import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphqlLimits } from '../config/limit-settings.js';
import { admit } from './admit.js';

/** Asks for admission of every operation over HTTP, before it is executed. */
export function admissionPlugin(limits: GraphqlLimits): ApolloServerPlugin {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ schema, document, request }) => {
        const { operationName, variables } = request;
        const admitted = admit(schema, document, operationName, variables, limits);
        // Variables that do not fit are the executor's to report: it refuses the same ones, under Apollo's code.
        if (admitted.ok || admitted.error.check === 'variables') return;
        throw admitted.error.errors[0];
      },
    }),
  };
}
