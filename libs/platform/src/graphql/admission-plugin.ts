import type { IncomingMessage } from 'node:http';
import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphqlLimits } from '../config/limit-settings.js';
import { admit } from './admit.js';
import { chargeOperation } from './charge-operation.js';

/** Asks for admission of every operation over HTTP, and charges its caller with its weight, before it is executed. */
export function admissionPlugin(limits: GraphqlLimits): ApolloServerPlugin {
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ schema, document, request, contextValue }) => {
        const { operationName, variables } = request;
        const admitted = admit(schema, document, operationName, variables, limits);
        if (admitted.ok) {
          const { req } = contextValue as { readonly req?: { readonly raw: IncomingMessage } };
          const refusal = req === undefined ? null : await chargeOperation(req.raw, admitted.value);
          if (refusal !== null) throw refusal;
          return;
        }
        // Variables that do not fit are the executor's to report: it refuses the same ones, under Apollo's code.
        if (admitted.error.check === 'variables') return;
        throw admitted.error.errors[0];
      },
    }),
  };
}
